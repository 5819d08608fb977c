"""The practice world: (seed, conditions) in, frames with perfect truth out. numpy and OpenCV only."""
