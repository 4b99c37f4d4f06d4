"""Metrics from scores and labels; posteriors are `[clips, labels]`, labels are indices `[clips]`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.metrics import (
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
    roc_auc_score,
    top_k_accuracy_score,
)

Posteriors = NDArray[np.float64]
Ids = NDArray[np.int64]


def posteriors(scores: NDArray[np.floating[Any]], temperature: float) -> Posteriors:
    """The calibrated posterior of each row of scores: softmax(scores / temperature)."""
    return np.asarray(softmax(scores.astype(np.float64) / temperature, axis=-1))


def reliability(posterior: Posteriors, labels: Ids, bins: int = 15) -> list[dict[str, float]]:
    """Mean confidence and accuracy in each equal-width bin of confidence that holds a clip (Guo et al. 2017)."""
    confidence = posterior.max(axis=1)
    is_right = posterior.argmax(axis=1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        {
            "from": index / bins,
            "to": (index + 1) / bins,
            "clips": int((bin_of == index).sum()),
            "confidence": float(confidence[bin_of == index].mean()),
            "accuracy": float(is_right[bin_of == index].mean()),
        }
        for index in np.unique(bin_of).tolist()
    ]


def expected_calibration_error(posterior: Posteriors, labels: Ids, bins: int = 15) -> float:
    """The mean gap between confidence and accuracy over equal-width bins, weighted by clips (Guo et al. 2017)."""
    gaps = [abs(each["accuracy"] - each["confidence"]) * each["clips"] for each in reliability(posterior, labels, bins)]
    return float(sum(gaps) / len(labels))


def best_intent(posterior: Posteriors, background: list[int]) -> NDArray[np.float64]:
    """The probability of the likeliest intent, `[clips]`; 0 where a background label leads.

    A server announces nothing then.
    """
    intents = np.delete(posterior, background, axis=1).max(axis=1)
    leads = np.isin(posterior.argmax(axis=1), background)
    return np.where(leads, 0.0, intents)


def among_intents(posterior: Posteriors, background: list[int]) -> Posteriors:
    """The posterior with the probabilities of background set to 0, which ranks intents as a server's `scores` do."""
    left = posterior.copy()
    left[:, background] = 0
    return left


def intent_figures(posterior: Posteriors, labels: Ids) -> dict[str, float]:
    """Accuracy, top-3 and macro-F1 of clips that have an intent; background labels count as wrong answers."""
    return {
        "clips": len(labels),
        "accuracy": accuracy(posterior, labels),
        "top3_accuracy": top3_accuracy(posterior, labels),
        "macro_f1": macro_f1(posterior, labels),
    }


def accuracy(posterior: Posteriors, labels: Ids) -> float:
    """The share of clips whose label has the highest probability."""
    return float((posterior.argmax(axis=1) == labels).mean())


def top3_accuracy(posterior: Posteriors, labels: Ids) -> float:
    """The share of clips whose label is among the three likeliest; 1 if there are at most three labels."""
    everything = np.arange(posterior.shape[1])
    # scikit-learn cannot rank only two labels.
    return 1.0 if len(everything) <= 3 else float(top_k_accuracy_score(labels, posterior, k=3, labels=everything))


def macro_f1(posterior: Posteriors, labels: Ids) -> float:
    """The mean F1 over the labels that occur; labels that no clip has are left out."""
    return float(f1_score(labels, posterior.argmax(axis=1), labels=np.unique(labels), average="macro"))


def out_of_scope_figures(
    inside: NDArray[np.float64], outside: NDArray[np.float64], threshold: float
) -> dict[str, float]:
    """How well the best intent's probability separates intents from the rest, and how many the threshold rejects.

    `inside` are the probabilities for clips with an intent, `outside` those for other clips.
    """
    return {
        "clips": len(outside),
        "auroc": auroc(inside, outside),
        "rejected_out_of_scope": float((outside < threshold).mean()),
        "rejected_intents": float((inside < threshold).mean()),
    }


def auroc(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """The probability that a clip with an intent gets a higher value than one without (ties count half)."""
    truth = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    return float(roc_auc_score(truth, np.concatenate([inside, outside])))


def confusions(posterior: Posteriors, labels: Ids) -> list[list[int]]:
    """Counts `[labels, labels]`: rows are true labels, columns predicted labels."""
    everything = np.arange(posterior.shape[1])
    table: list[list[int]] = confusion_matrix(labels, posterior.argmax(axis=1), labels=everything).tolist()
    return table


def per_class(posterior: Posteriors, labels: Ids, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of each label; None where one is undefined: never predicted, or no clip has it."""
    columns = precision_recall_fscore_support(
        labels, posterior.argmax(axis=1), labels=np.arange(len(names)), zero_division=np.nan
    )
    return {
        name: {
            "clips": int(clips),
            **{
                key: None if np.isnan(value) else float(value)
                for key, value in (("precision", precision), ("recall", recall), ("f1", f1))
            },
        }
        for name, precision, recall, f1, clips in zip(names, *columns, strict=True)
    }
