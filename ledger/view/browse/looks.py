"""How the screen is laid out, in Textual's own words; colours are the terminal's."""

from __future__ import annotations

from textual.theme import Theme

# Nothing is drawn but horizontal rules: some terminals take two columns for an upright one.

_OWN = "ansi_default"
# What is legible on this terminal in other commands is so here; what is chosen is turned round.
THEME = Theme(
    name="ledger",
    ansi=True,
    primary=_OWN,
    foreground=_OWN,
    background=_OWN,
    surface=_OWN,
    panel=_OWN,
    boost=_OWN,
    variables={
        "ansi-background": _OWN,
        "ansi-foreground": _OWN,
        "border": _OWN,
        "border-blurred": _OWN,
        "block-cursor-foreground": _OWN,
        "block-cursor-background": _OWN,
        "block-cursor-text-style": "reverse",
        "block-cursor-blurred-text-style": "reverse",
        "input-cursor-background": _OWN,
        "input-cursor-foreground": _OWN,
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_cyan",
        "screen-selection-foreground": "ansi_black",
    },
)

LOOKS = """
Screen { layout: vertical; }
TaskList, CardPane, .box, .read, OptionList, #said {
    scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
    scrollbar-color: ansi_bright_black; scrollbar-color-hover: ansi_bright_black;
    scrollbar-color-active: ansi_bright_black;
    scrollbar-background: ansi_default; scrollbar-background-hover: ansi_default;
    scrollbar-background-active: ansi_default;
}
#head { height: 1; text-style: bold; }
#body { height: 1fr; layout: horizontal; }
#left { width: 1fr; height: 100%; }
#seek { height: 1; border: none; padding: 0; }
TaskList { height: 1fr; }
CardPane { width: 1fr; height: 100%; padding: 0 0 0 1; }
.narrow #body { layout: vertical; }
.narrow #left { width: 100%; height: 1fr; }
.narrow CardPane { width: 100%; height: 1fr; padding: 0; }
#said { height: auto; max-height: 8; border-top: solid ansi_default; }
LastLine { height: auto; }
ModalScreen { align: center middle; background: transparent; }
.box {
    width: 100%; height: auto; max-height: 100%; padding: 0 1; background: ansi_default;
    border-top: solid ansi_default; border-bottom: solid ansi_default;
}
.title { text-style: bold; padding: 0 0 1 0; }
.box TypingLine { height: 2; border: none; border-bottom: solid ansi_bright_black; margin: 0; }
TypingLine > .input--cursor {
    background: ansi_default; color: ansi_default; text-style: reverse;
}
OptionList > .option-list--option-highlighted,
OptionList:focus > .option-list--option-highlighted { background: ansi_cyan; color: ansi_black; }
OptionList > .option-list--option-hover { background: ansi_default; }
.read { height: auto; max-height: 60vh; }
.shown { padding: 0 0 1 0; }
.choice { text-style: bold; }
#write { padding: 1 0 0 0; }
.refused { padding: 0 0 1 0; text-style: bold; color: ansi_red; }
OptionList { height: auto; max-height: 50vh; border: none; }
"""
