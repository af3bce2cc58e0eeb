"""PromQL's words: its strings and durations are Go's."""

import re

GAP = r"(?:[ \t\r\n]|\#[^\n]*(?:\n|$))"
TOKEN = re.compile(rf"""{GAP}+
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
  | (?P<duration>(?:[0-9]+(?:ms|[smhdwy]))+(?![\w.])|\$__\w+)
  | (?P<number>(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|(?i:inf|nan))(?![\w.:]))
  | (?P<name>[A-Za-z_:][\w:]*)
  | \[{GAP}*(?P<range>[\w$]+){GAP}*(?P<colon>:{GAP}*(?P<step>[\w$]+)?{GAP}*)?\]
  | (?P<operator>=~|!~|==|!=|>=|<=|[-+*/%^<>=(){{}},@])
""", re.VERBOSE | re.ASCII)
SECONDS = {"y": 31536000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
DURATION = re.compile("".join(f"(?:([0-9]+){unit})?" for unit in SECONDS))
ESCAPE = re.compile(r"""\\(?:([abfnrtv\\"'])|x(HH)|u(HHHH)|U(HHHHHHHH)|([0-3][0-7]{2})|.)"""
                    .replace("H", "[0-9a-fA-F]"))
LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v"))


class PromQLError(ValueError):
    pass


def tokens(text):
    """(kind, text) of each, and the end. A range is one: [5m:1m] is ("5m", ":", "1m")."""
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise PromQLError(f"{text[at:at + 20]!r} is not PromQL of 2.42")
        at = found.end()
        if found["range"]:
            yield "range", (found["range"], found["colon"], found["step"])
        elif found.lastgroup:
            yield found.lastgroup, found[0]
    yield "the end", "the end"


def seconds(duration):
    """Of a duration as Prometheus writes it."""
    match = DURATION.fullmatch(duration)
    if not duration or not match:
        raise PromQLError(f"{duration!r} is no duration")
    return sum(int(number) * size for number, size in zip(match.groups(), SECONDS.values()) if number)


def unquoted(text):
    """What a string means."""
    def character(match):
        letter, *hexadecimal, octal = match.groups()
        digits = next(filter(None, hexadecimal), "")
        if letter in ("'", '"') and letter != text[0] or not any(match.groups()):
            raise PromQLError(f"{match[0]} in {text} is no escape")
        return LETTERS.get(letter, letter) or chr(int(digits, 16) if digits else int(octal, 8))
    return text[1:-1] if text[0] == "`" else ESCAPE.sub(character, text[1:-1])
