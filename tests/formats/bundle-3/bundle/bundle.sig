{
  "payload": "ewogICJjb3VudGVyIjogMSwKICAiZXhwaXJlcyI6IG51bGwsCiAgImZvcm1hdCI6IDEsCiAgIm1hbmlmZXN0X3NoYTI1NiI6ICI4M2QzMmIyOTc3MGI1NjU4OWM5ZGU4NTRlODk2MGRhY2RkODE0MDZiNjJkMTJiYjRhNDJkZjY4ZGE0MmExYmI3IiwKICAibmFtZSI6ICJjb2xvdXJzIiwKICAicmVxdWlyZW1lbnRzX3NoYTI1NiI6ICIxN2Q5MTBlMDI1Yzc4MDI3ODU1OTJmZDc4ZGE4YzVjZDBjMTk2ZjNiZmVkNjNhYTVlMjUxNTIzMTBjYjc3YzJkIiwKICAicnVudGltZV9zaGEyNTYiOiAiMDNkYWU4Njg1M2VlZTYyMmI5ZTE3ZDljZDllNTAzMWRhYTlmNzc2ZDI4MmQyODNmZThjN2ZiNWIzMWNlZmIxMyIKfQo=",
  "payloadType": "application/vnd.detection.bundle+json",
  "signatures": [
    {
      "keyid": "2e7fd72033779842b882e6a54f89ea2806a39e7c11cc6ec828e97b9fb5a85222",
      "sig": "Z8D936xIPioV3qVZlUrcihsK18CM8rSXENhFPvSv6GSFk3YQLUcAErckb0rsJ/JCGp5PajOwFu7bBrHu1UIbAQ=="
    },
    {
      "keyid": "f7dae860ad20a4125fa6f8af747842cf77aa90d9ba3d17466af01acc4ab27486",
      "sig": "xT+ogplo8DlLm/W9/5fn8pJOxxwrvne7aUggy958v4KXrEap/RW8ZTgGjNqLmIQCpWMq0r/g44ycvjC5X3jdAA=="
    }
  ]
}
