"""The claims of this lesson: what each says, where it was published, and at which bar it counts as reproduced."""

from __future__ import annotations

from lessons.kit.catalogue import Claim
from lessons.what_was_learned.findings import (
    basin_finding,
    basin_runs,
    distance_finding,
    distance_runs,
    layer_finding,
    layer_runs,
    move_finding,
    move_runs,
    size_finding,
    size_runs,
)

YOSINSKI = "Yosinski et al. 2014, How Transferable Are Features in Deep Neural Networks?"

CLAIMS = (
    Claim(
        id="S3",
        statement=(
            "On the spirals a net whose first one, two or three layers are copied and frozen gets {frozen1}, {frozen2} "
            "and {frozen3} of the points right; with as many frozen random layers it is {random1}, {random2} and "
            "{random3}. If the copied layers go on learning, it is {tuned1}, {tuned2} and {tuned3}."
        ),
        runs=layer_runs,
        finding=layer_finding,
        statistic="least lead of frozen copied layers over frozen random ones at their best, from two layers on, in "
        "points",
        bar="15 points or more from two layers on; copying and training everything does not fall; freezing the last "
        "copied layer does",
        paper=YOSINSKI,
        paper_found="Features of the first layers served another task as well as their own, those of later layers less "
        "and less; fine-tuning them mended it, and frozen random layers soon failed.",
    ),
    Claim(
        id="S3b",
        statement=(
            "On digits freezing two copied layers gives {near2} and freezing all three {near3}; on digits in dark ink "
            "on a bright ground it is {far2} and {far3}. Three frozen random layers reach {near_random3} and "
            "{far_random3}."
        ),
        runs=distance_runs,
        finding=distance_finding,
        statistic="points that the last copied layer is worth more, frozen, on the nearer task than on the farther one",
        bar="harmless on the near task, 10 points or more on the far one, and never worse than random layers",
        paper=YOSINSKI,
        paper_found="The farther the new task, the worse the higher layers served it; even then they beat random ones.",
    ),
    Claim(
        id="S3c",
        statement=(
            "With all layers copied and trained the lead over scratch, in equal steps, is {plane_gain} points on the "
            "spirals and {digits_gain} on the digits. With the same weights shuffled within their layers it is "
            "{plane_rest} and {digits_rest}."
        ),
        runs=size_runs,
        finding=size_finding,
        statistic="share of the head start on the spirals that shuffled weights keep, in percent",
        bar="less than half of it is left in both worlds",
        paper="Raghu et al. 2019, Transfusion: Understanding Transfer Learning for Medical Imaging",
        paper_found="Weights drawn at random with the sizes of pretrained ones kept part of the gain in speed; the "
        "features that were used again were those of the lowest layers.",
    ),
    Claim(
        id="S4",
        statement=(
            "Beside the net that it began as, a fine-tuned one sees new spirals with a likeness of {plane_tuned1}, "
            "{plane_tuned2} and {plane_tuned3} from the first layer to the last, one from scratch with "
            "{plane_scratch1}, {plane_scratch2} and {plane_scratch3}; on digits it is {digits_tuned1}, "
            "{digits_tuned2} and {digits_tuned3} against {digits_scratch1}, {digits_scratch2} and {digits_scratch3}."
        ),
        runs=move_runs,
        finding=move_finding,
        statistic="least lead in likeness (CKA) of the fine-tuned net over scratch, over all worlds and layers, in "
        "percent",
        bar="falls with depth, and above scratch in every layer of every world",
        paper="Kornblith et al. 2019, Similarity of Neural Network Representations Revisited; Raghu et al. 2019, "
        "Transfusion",
        paper_found="Fine-tuned nets stayed like the net they began as, most of all in their lowest layers.",
    ),
    Claim(
        id="S5",
        statement=(
            "Halfway between two nets fine-tuned from one backbone hardly anything is lost: {plane_tuned} points on "
            "the spirals, {digits_tuned} on the digits. Between two from scratch it is {plane_scratch} and "
            "{digits_scratch}."
        ),
        runs=basin_runs,
        finding=basin_finding,
        statistic="points that are lost more between two nets from scratch than between two fine-tuned ones, on the "
        "spirals",
        bar="at most 2 points between fine-tuned nets, at least 10 between nets from scratch",
        paper="Neyshabur et al. 2020, What Is Being Transferred in Transfer Learning?",
        paper_found="No barrier stood between two nets fine-tuned from the same weights; between two from scratch one "
        "did.",
    ),
)
