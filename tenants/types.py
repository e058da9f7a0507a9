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
    legal_name_en: str
    licence_line: str
    licence_line_en: str
    icp_line: str
    contact: str
    contact_en: str
    currency: str
    time_zone: str
    language: str
    logo: str
    sandbox_of_id: int | None
    theme: dict[str, str]
    demands_second_factor: bool
    is_open: bool

    def name_in(self, language: str) -> str:
        return self.text_in(language, "name")

    def text_in(self, language: str, name: str) -> str:
        """One of its lines; in English where the merchant has written it."""
        english = getattr(self, f"{name}_en") if language.startswith("en") else ""
        return str(english or getattr(self, name))
