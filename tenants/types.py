from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What a request needs to know of the merchant whose host it came to; fits a cache."""

    id: int
    slug: str
    name: str
    name_en: str
    tagline: str
    tagline_en: str
    legal_name: str
    licence_line: str
    icp_line: str
    contact: str
    currency: str
    time_zone: str
    language: str
    logo: str
    theme: dict[str, str]
    is_open: bool

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name

    def tagline_in(self, language: str) -> str:
        return self.tagline_en if language.startswith("en") and self.tagline_en else self.tagline
