from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One broken rule.

    Attributes:
        rule: its id in the table of `model.guardrails.rules`, for example `C4`.
        where: what breaks it: a tier and a service, a variable, a gate; never a value.
        message: what is wrong there.
        fix: what to do about it.
    """

    rule: str
    where: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.rule}  {self.where}: {self.message}; {self.fix}"
