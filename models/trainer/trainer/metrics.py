"""Figures from scores and labels; posteriors are `[clips, labels]`."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.metrics import confusion_matrix, f1_score, roc_auc_score, top_k_accuracy_score

Posteriors = NDArray[np.float64]
Ids = NDArray[np.int64]


def posteriors(scores: NDArray[np.float32], temperature: float) -> Posteriors:
    """The calibrated posterior of each row of scores."""
    return np.asarray(softmax(scores.astype(np.float64) / temperature, axis=-1))


def expected_calibration_error(posterior: Posteriors, labels: Ids, bins: int = 15) -> float:
    """The mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017)."""
    confidence = posterior.max(axis=1)
    is_right = posterior.argmax(axis=1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(is_right[bin_of == index].mean() - confidence[bin_of == index].mean()) * (bin_of == index).mean()
        for index in np.unique(bin_of)
    ]
    return float(sum(gaps))


def best_intent(posterior: Posteriors, background: list[int]) -> NDArray[np.float64]:
    """The probability of the likeliest intent, 0 where a background label leads (then nothing is announced)."""
    intents = np.delete(posterior, background, axis=1).max(axis=1)
    leads = np.isin(posterior.argmax(axis=1), background)
    return np.where(leads, 0.0, intents)


def intent_figures(posterior: Posteriors, labels: Ids) -> dict[str, float]:
    """Accuracy, top-3 and macro-F1 of clips that have an intent; background labels count as wrong answers."""
    everything = np.arange(posterior.shape[1])
    present = np.unique(labels)
    return {
        "clips": len(labels),
        "accuracy": float((posterior.argmax(axis=1) == labels).mean()),
        "top3_accuracy": float(
            top_k_accuracy_score(labels, posterior, k=min(3, len(everything) - 1), labels=everything)
        ),
        "macro_f1": float(f1_score(labels, posterior.argmax(axis=1), labels=present, average="macro")),
    }


def out_of_scope_figures(
    inside: NDArray[np.float64], outside: NDArray[np.float64], threshold: float
) -> dict[str, float]:
    """How well the best intent's probability tells intents from everything else, and what the threshold does."""
    truth = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    return {
        "clips": len(outside),
        "auroc": float(roc_auc_score(truth, np.concatenate([inside, outside]))),
        "rejected_out_of_scope": float((outside < threshold).mean()),
        "rejected_intents": float((inside < threshold).mean()),
    }


def confusions(posterior: Posteriors, labels: Ids) -> list[list[int]]:
    """Rows are what was said, columns what was answered, in label order."""
    everything = np.arange(posterior.shape[1])
    table: list[list[int]] = confusion_matrix(labels, posterior.argmax(axis=1), labels=everything).tolist()
    return table
