import re
from decimal import Decimal

from iso4217 import Currency

# NUMERIC(19, 4): what the tables hold.
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,4})?")
# A binary fraction gives back every decimal of so many digits, and not all of more.
_DIGITS_OF_A_FLOAT = 15


def exact(value: object) -> Decimal:
    """An amount as it came in JSON.

    Args:
        value: text, or a number that lost nothing on its way through a binary fraction.

    Raises:
        ValueError: it is none.
    """
    text = value if isinstance(value, str) else _of_number(value)
    if _AMOUNT.fullmatch(text) is None:
        raise ValueError(
            'has to be a decimal such as "12.50", with up to 15 digits before and 4 after the point'
        )
    return Decimal(text)


def _of_number(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError('has to be a decimal such as "12.50"')  # noqa: TRY004 - pydantic reports a ValueError
    text = repr(value)
    if isinstance(value, float) and sum(map(str.isdigit, text)) > _DIGITS_OF_A_FLOAT:
        raise ValueError("has to be text when it has so many digits: a number would not be exact")
    return text


def places(currency: str) -> int | None:
    """How many decimal places a currency has.

    Args:
        currency: ISO 4217 code.

    Returns:
        None for a code that is no currency in use, or one without places, as gold.
    """
    try:
        exponent = Currency(currency).exponent
    except ValueError:
        return None
    return None if exponent is None else int(exponent)


def fits(amount: Decimal, *, currency: str) -> bool:
    """Whether an amount has no more places than its currency.

    Args:
        amount: exact.
        currency: ISO 4217 code.
    """
    return amount == rounded(amount, currency=currency)


def shown(amount: Decimal, *, currency: str) -> str:
    """An amount as text, with all of its currency's places.

    Args:
        amount: exact.
        currency: ISO 4217 code.
    """
    return f"{rounded(amount, currency=currency):f}"


def rounded(amount: Decimal, *, currency: str) -> Decimal:
    """An amount with its currency's places.

    Args:
        amount: exact.
        currency: ISO 4217 code.
    """
    return amount.quantize(Decimal(1).scaleb(-(places(currency) or 0)))
