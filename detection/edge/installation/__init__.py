"""How a bundle comes onto a device, proves itself and leaves. Standard library only: no package is there yet."""
