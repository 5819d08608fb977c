"""ONNX graphs: checked and cleaned, given pixels, calibrated and quantised. The only room that imports onnx."""
