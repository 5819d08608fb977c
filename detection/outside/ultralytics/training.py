"""Training by Ultralytics, told everything and trusted with nothing but the loop.

What we change of its trainer: the network and every integration stay out, the data set is the folder we made, square
pictures are validated as they will be detected, no checkpoint goes through pickle (the averaged weights are taken from
memory), a loss that is no number stops the run, and the thread count is ours, because it is part of the result.
"""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ultralytics.data import build_yolo_dataset
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel

from detection.errors import TrainingError
from detection.outside.ultralytics.recipe import Recipe, overrides
from detection.outside.ultralytics.weights import Pretrained, Weights, architecture_of, blank


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one pass over the frames gave.

    Attributes:
        number: from 1.
        losses: mean of each part of the loss, in Ultralytics' order.
    """

    number: int
    losses: Mapping[str, float]


OnEpoch = Callable[[Epoch], None]
"""Called after every epoch, to tell people how far it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """The end of a training.

    Attributes:
        weights: averaged over the last steps (EMA), in 32 bits.
        epochs: one entry an epoch.
        ap50: the trainer's own figure on ``val``, for watching only: it ignores classes without truth there.
        ap50_95: likewise.
    """

    weights: Weights
    epochs: tuple[Epoch, ...]
    ap50: float
    ap50_95: float


def train(
    recipe: Recipe,
    folder: Path,
    classes: Sequence[str],
    pretrained: Pretrained | None,
    on_epoch: OnEpoch,
) -> Trained:
    """Train on ``folder``'s split ``train`` and look at ``val`` once, at the end.

    Args:
        recipe: the numbers.
        folder: as :func:`detection.outside.ultralytics.folder.materialised` makes it.
        classes: class ids in the order of the label files' numbers.
        pretrained: tensors to begin from where names and shapes fit, and the outputs of every class that it knows by
            name; None begins from scratch.
        on_epoch: called after every epoch.

    Returns:
        The same bits for the same arguments on the same machine.

    Raises:
        TrainingError: it cannot work with these numbers, or on these frames.
    """
    architecture = architecture_of(recipe.model)
    with (
        tempfile.TemporaryDirectory(prefix="detection-run-") as run,
        redirect_stdout(io.StringIO()),  # its bars ignore every switch
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            trainer = _Trainer(recipe, Path(run), _Material(folder, architecture, tuple(classes), pretrained), on_epoch)
            trainer.train()
        except (RuntimeError, ValueError, AssertionError, NotImplementedError, FloatingPointError) as error:
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise TrainingError(f"training stopped ({reason[0]}); change params train, or mend the labels") from error
    averaged = trainer.ema.ema.float().state_dict()
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in averaged.items()}
    weights = Weights(architecture, tuple(classes), recipe.size, tensors)
    found = trainer.metrics
    return Trained(weights, tuple(trainer.seen), float(found["metrics/mAP50(B)"]), float(found["metrics/mAP50-95(B)"]))


@dataclass(frozen=True, slots=True, eq=False)
class _Material:
    """What a training works on."""

    folder: Path
    architecture: Mapping[str, Any]
    classes: tuple[str, ...]
    pretrained: Pretrained | None


class _Trainer(DetectionTrainer):  # type: ignore[misc]
    """Ultralytics' trainer with its doors shut."""

    def __init__(self, recipe: Recipe, run: Path, material: _Material, on_epoch: OnEpoch) -> None:
        self._recipe, self._material, self._on_epoch = recipe, material, on_epoch
        self.seen: list[Epoch] = []
        super().__init__(overrides=overrides(recipe, run))

    def run_callbacks(self, event: str) -> None:
        """Report an epoch's end; no integration is called, whatever this machine has installed."""
        if event == "on_train_epoch_end":
            losses = {name: round(float(value), 5) for name, value in self.tloss.items()}
            self.seen.append(Epoch(self.epoch + 1, losses))
            self._on_epoch(self.seen[-1])
            if self.epoch + 1 == self.epochs and self._recipe.settling:
                self._settle()

    def get_dataset(self) -> dict[str, Any]:
        """The folder we made, without the look-ups and downloads of a data file."""
        images = self._material.folder / "images"
        names = dict(enumerate(self._material.classes))
        return {
            "path": str(self._material.folder), "train": str(images / "train"), "val": str(images / "val"),
            "names": names, "nc": len(names), "channels": 3,
        }  # fmt: skip

    def setup_model(self) -> None:
        """A fresh model from the architecture, then the pretrained tensors that fit."""
        model: DetectionModel = blank(self._material.architecture, len(self._material.classes))
        _reach(model, self._recipe.starting_reach)
        if self._material.pretrained is not None:
            _begin_from(model, self._material.classes, self._material.pretrained)
        self.model = model

    def _setup_train(self) -> None:
        torch.set_num_threads(self._recipe.threads)
        super()._setup_train()

    def build_dataset(self, img_path: str, mode: str = "train", batch: int | None = None) -> Any:
        """Frames as squares in both modes, as the exported model will see them; one unreadable frame is a fault."""
        dataset = build_yolo_dataset(
            self.args, img_path, batch, self.data, mode=mode, rect=False, stride=int(self.model.stride.max())
        )
        there = sum(1 for _ in Path(img_path).iterdir())
        if len(dataset) != there:
            raise TrainingError(f"Ultralytics reads {len(dataset)} of {there} {mode} frames; run stage validate again")
        return dataset

    def _settle(self) -> None:
        """Replace the running statistics of batch normalisation by plain means over whole passes."""
        model = self.ema.ema
        layers = [layer for layer in model.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
        momenta = [layer.momentum for layer in layers]
        for layer in layers:
            layer.reset_running_stats()
            layer.momentum = None  # torch's word for a plain mean
        model.train()
        with torch.no_grad():
            for _ in range(self._recipe.settling):
                for batch in self.train_loader:
                    model(self.preprocess_batch(batch)["img"])
        model.eval()
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum

    def save_model(self) -> bool:
        """Write nothing: the weights are taken from memory."""
        return False

    def save_metrics(self, metrics: dict[str, float]) -> None:
        """Write nothing: the stage writes the history."""

    def final_eval(self) -> None:
        """Judge nothing a second time."""

    def _handle_nan_recovery(self, epoch: int) -> bool:
        if not bool(self.loss.isfinite()):
            raise TrainingError(
                f"the loss of epoch {epoch + 1} is no number; lower train.learning_rate, or look for broken labels"
            )
        return False


def _reach(model: DetectionModel, cells: float) -> None:
    """Set what the box branches say before they have seen anything.

    Where a distance is a distribution over bins, the bins fall off exponentially, at the pace whose mean is ``cells``.
    """
    head = model.model[-1]
    bins = torch.arange(head.reg_max, dtype=torch.float64)
    low, high = -50.0, 50.0
    while head.reg_max > 1 and high - low > 1e-9:
        pace = (low + high) / 2
        mean = float((torch.softmax(-pace * bins, dim=0) * bins).sum())
        low, high = (pace, high) if mean > cells else (low, pace)
    start = -low * bins if head.reg_max > 1 else torch.full((1,), cells)
    for branch in (*head.cv2, *(getattr(head, "one2one_cv2", None) or ())):
        branch[-1].bias.data.copy_(start.float().repeat(4))


def _begin_from(model: DetectionModel, classes: Sequence[str], pretrained: Pretrained) -> None:
    """Take over what fits; of the outputs, those of the classes that both know, wherever they stood."""
    own = model.state_dict()
    outputs = _outputs(model)
    fitting = {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in pretrained.tensors.items()
        if name in own and own[name].shape == tensor.shape and (name not in outputs or pretrained.classes is None)
    }
    if pretrained.classes is not None:
        before = {name: tensor for name, tensor in pretrained.tensors.items() if name in outputs}
        fitting |= {name: _by_class(own[name], classes, before[name], pretrained.classes) for name in before}
    learnt = {name for name in own if np.prod(own[name].shape) > 1}
    if len(learnt & set(fitting)) * 2 < len(learnt):
        raise TrainingError(
            f"train.pretrained: {len(learnt & set(fitting))} of {len(learnt)} tensors fit the architecture; "
            "name the architecture the weights were trained with in train.model"
        )
    model.load_state_dict(fitting, strict=False)


def _outputs(model: DetectionModel) -> set[str]:
    """Names of the tensors with one row a class: the last convolution of every class branch."""
    head = model.model[-1]
    last = {
        id(tensor)
        for branch in (*head.cv3, *(getattr(head, "one2one_cv3", None) or ()))
        for tensor in branch[-1].parameters()
    }
    return {name for name, tensor in model.named_parameters() if id(tensor) in last}


def _by_class(fresh: torch.Tensor, classes: Sequence[str], before: torch.Tensor, known: Sequence[str]) -> torch.Tensor:
    """The fresh rows, but those of known classes as they were; all fresh where the two do not fit."""
    if len(before) != len(known) or before.shape[1:] != fresh.shape[1:]:
        return fresh
    rows = fresh.clone()
    for number, name in enumerate(classes):
        if name in known:
            rows[number] = before[known.index(name)]
    return rows
