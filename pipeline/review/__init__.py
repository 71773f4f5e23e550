"""People's decisions applied to what the machine judged.

Purpose: pure; the filing in the register stays as the machine made it, a decision is a fact beside it. `standing` (what is not
undone), `apply` (to one filing), `independent` and `joined` (to what stands between mails), `scores`, `answers`, `signed`;
`wrong` says why a decision may not be made, `value` what stands now, `noted` what the machine said of it; `present` gives
decisions the numbers that their activities have now.
Source: principle 9 (people decide; a decision survives every recomputation).
Map: fields.py what may be decided · standing.py which decisions count · places.py which activity is meant · apply.py ·
between.py · scores.py · values.py.
Limits: whether a unit's name stands in the roster, a criterion in the rubric, or points in its limits is checked where the
decision is made. N counts the machine's activities from 1, as filed when it was decided: `Correction.anchor` (of that
activity; the register adds it) finds it again when the number is another's; one whose words are gone is never applied, and
becomes a Problem.

Fields and what `Correction.new` holds ("" where "or nothing" stands: the person says that it is not stated):
    kind                       submission | correction | supplement | other
    unit                       name of a unit of the roster
    unit/outside               name of a unit that is not in the roster
    contact                    name, blank, phone; or nothing
    relation                   accept | independent (a replaced, recalled or duplicate mail counts for itself all the same)
    joint/K                    yes | no: whether the activities are one; K: 2024-00003.2+2024-00007.1, as `joint_key` gives it
    question/W                 text, or nothing: what a person did about a question; changes nothing in the filing
    activity/N/title           text
    activity/N/category        0..6
    activity/N/also            categories 1..6 with commas; or nothing
    activity/N/date_start      2024-05-28; or nothing
    activity/N/date_end        2024-05-28; or nothing
    activity/N/place           text; or nothing
    activity/N/participants    a whole number; or nothing (sessions and materials likewise)
    activity/N/media           names of outlets with 、 between; or nothing
    activity/N/unit            name of the unit of the roster in whose name it was reported (代报); or nothing: the mail's
    activity/N/counted         yes | no (不计入: it stays, with `Judged.counted` False)
    activity/N/featured        0..100, a reviewer's points for 特色活动; or nothing
    activity/N/recommended     yes | no; or nothing
With accession "" (about a unit, U, whose name may hold any sign):
    score/C/U                  points, or nothing: the machine's count again; C: id of the criterion
    question/W/U               text, or nothing
"""

from pipeline.review.apply import apply, by_hand
from pipeline.review.between import independent, joined
from pipeline.review.fields import ACTIVITY_FIELDS, FIELDS, UNIT_FIELDS, joint_key, wrong
from pipeline.review.places import place, present
from pipeline.review.scores import scores
from pipeline.review.standing import answers, latest, signed, standing
from pipeline.review.values import noted, value

__all__ = [
    "ACTIVITY_FIELDS",
    "FIELDS",
    "UNIT_FIELDS",
    "answers",
    "apply",
    "by_hand",
    "independent",
    "joined",
    "joint_key",
    "latest",
    "noted",
    "place",
    "present",
    "scores",
    "signed",
    "standing",
    "value",
    "wrong",
]
