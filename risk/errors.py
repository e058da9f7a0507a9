from core.errors import AppError, InvalidInput


class ConditionWrong(InvalidInput):
    """A rule's condition cannot be read: `param` says where in it."""

    code = "condition_wrong"


class MatchesEverything(AppError):
    """The rule would speak on nearly all of the orders it was tried on: `data` says on how many."""

    code = "matches_everything"


class RuleNameTaken(InvalidInput):
    code = "rule_name_taken"
