{
  "payload": "ewogICJjb3VudGVyIjogMSwKICAiZXhwaXJlcyI6IG51bGwsCiAgImZvcm1hdCI6IDEsCiAgIm1hbmlmZXN0X3NoYTI1NiI6ICJmODY1Yzk2ZjQ0Zjc2OGQ1NDVmM2VjM2QxZWIzM2JkNDVlNGI1ZGM0MzZhMDI5NzcxMmM1MGZlNjVkZWUwNmQ2IiwKICAibmFtZSI6ICJjb2xvdXJzIiwKICAicmVxdWlyZW1lbnRzX3NoYTI1NiI6ICIxN2Q5MTBlMDI1Yzc4MDI3ODU1OTJmZDc4ZGE4YzVjZDBjMTk2ZjNiZmVkNjNhYTVlMjUxNTIzMTBjYjc3YzJkIiwKICAicnVudGltZV9zaGEyNTYiOiAiZmZmMzMwNzFkMzg3MmRmMGY4MzkxYzcxMTBhNjU3ZWU4YzExNzRlZmRiNGVkZWQxNDhhZGI4Y2QxZjBlZmJkYSIKfQo=",
  "payloadType": "application/vnd.detection.bundle+json",
  "signatures": [
    {
      "keyid": "2eb99a0c763e8d5242961f6f3725233981444d41701c8a6d7ed83f8c69cff836",
      "sig": "nbpCDCuO+JpIwYi6vbZeVSCvZ4UqM1jdCAbL+wxR8fhwEWFrGmrju6cjYq5o0OYceBDzwXDuii/ov0qfghZrCQ=="
    },
    {
      "keyid": "5370e6ad56933f25a09c772b5ec7a16e549497819f6471397292f2fdf1e08a72",
      "sig": "mpnhw7RsVDX5nThr8rArHLcmiu4Fq3IUh5pvGXqvX3zpB2DdViVjMPoSfTdFYe1fyMbbke9TC2wrpxGPhuEYCw=="
    }
  ]
}
