"""From labelled pictures to a detector that runs, is watched and can be improved on edge devices.

The floors of the house, by what the code on them may touch. Imports go down only; a test holds them to it.

    cli                          names to commands, errors to one line, verdicts to exit codes
    stages | commands            one module per stage of dvc.yaml, one per noun that a person types
    outside                      the world: one file per product, the only one that imports it
    ports                        what we ask of the world, in our words
    rules | scenes               decisions, values in and values out | a world we can draw
    edge                         what boards the device: numpy, OpenCV, an engine, nothing else
    errors                       every error raised on purpose
"""
