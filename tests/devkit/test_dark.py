"""The office's dark look without a script is the one with it."""

from importlib.resources import files

from devkit.dark import HEAD, OUT, dark_of


def test_it_is_made_of_the_theme_as_it_is_installed():
    theme = files("unfold").joinpath("static/unfold/css/styles.css").read_text()

    assert OUT.read_text().startswith(HEAD + dark_of(theme))


def test_rules_for_the_dark_keep_their_conditions_and_leave_their_layer():
    theme = "@media (width>1px){.b:where(.dark,.dark *):hover{color:blue}}"
    ours = ".c{color:red}.dark .c, .d .darker{color:blue}"

    is_dark = ":where(html):not(.light)"
    assert dark_of(f"@layer utilities{{.a{{color:red}}{theme}}}{ours}") == (
        f"@media (width>1px){{.b:where({is_dark},{is_dark} *):hover{{color:blue}}}}\n"
        f"{is_dark} .c, .d .darker{{color:blue}}"
    )
