"""The icons: a 24 grid, strokes of 1.8 with round ends, drawn in the colour of the text."""

from __future__ import annotations

ICONS: dict[str, str] = {
    "alert": '<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4"/>',
    "building": '<path d="M5 20.5V4h9v16.5M14 9h5v11.5M3 20.5h18M8 8h3M8 12h3M8 16h3"/>',
    "calendar": (
        '<rect x="4" y="5.5" width="16" height="15" rx="2"/>'
        '<path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>'
    ),
    "camera": ('<path d="M4 8h3.5L9 5.5h6L16.5 8H20v11H4z"/><circle cx="12" cy="13" r="3.3"/>'),
    "chart": '<path d="M4 20h16M7 17v-6M12 17V6M17 17v-9"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.2 2"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "computer": '<rect x="3.5" y="5" width="17" height="11" rx="1.5"/><path d="M9 20h6M12 16v4"/>',
    "copy": (
        '<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M15.5 8.5v-4h-11v11h4"/>'
    ),
    "document": '<path d="M6 3.5h8l4 4v13H6z"/><path d="M14 3.5v4h4M9 12.5h6M9 16h6"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
    "download": '<path d="M12 4v11m-4.5-4L12 15.5 16.5 11M5 20h14"/>',
    "euro": '<path d="M18 6.2A7.5 7.5 0 1 0 18 17.8M4 10.5h9M4 13.5h9"/>',
    "eye": (
        '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/>'
        '<circle cx="12" cy="12" r="2.8"/>'
    ),
    "filter": '<path d="M4 5.5h16l-6 7v6l-4-2v-4z"/>',
    "gear": (
        '<circle cx="12" cy="12" r="3"/><path d="M12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3M6 6l2.1 2.1'
        'M15.9 15.9 18 18M18 6l-2.1 2.1M8.1 15.9 6 18"/>'
    ),
    "help": (
        '<circle cx="12" cy="12" r="8.5"/>'
        '<path d="M9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.6v.1"/>'
    ),
    "history": '<path d="M4.5 8A8.5 8.5 0 1 1 3.5 12M4 4v4.5h4.5M12 7.5V12l3 2"/>',
    "home": '<path d="m4 11 8-7 8 7v9h-5.5v-5.5h-5V20H4z"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.6v.1"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8-8M16 7.5l2.5 2.5"/>',
    "left": '<path d="m14.5 6-6 6 6 6"/>',
    "link": (
        '<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3'
        'a4 4 0 0 0 5.7 5.7l1-1"/>'
    ),
    "list": '<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5v.1M4.5 12v.1M4.5 17.5v.1"/>',
    "lock": (
        '<rect x="5" y="11" width="14" height="9.5" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>'
    ),
    "mail": '<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><path d="m4 7 8 6 8-6"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "microphone": (
        '<rect x="9" y="3.5" width="6" height="10.5" rx="3"/>'
        '<path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>'
    ),
    "minus": '<circle cx="12" cy="12" r="8.5"/><path d="M8 12h8"/>',
    "octagon": (
        '<path d="M8.2 3.5h7.6l4.7 4.7v7.6l-4.7 4.7H8.2l-4.7-4.7V8.2z"/>'
        '<path d="M12 8v4.8M12 15.8v.1"/>'
    ),
    "offline": (
        '<path d="M3 3l18 18M8.5 15.8a5 5 0 0 1 7 0M5 12.3a10 10 0 0 1 4.4-2.4'
        'M14.5 9.9a10 10 0 0 1 4.5 2.4M12 19.4v.1"/>'
    ),
    "out": '<path d="M14 4.5H5.5v15H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5"/>',
    "pause": '<path d="M9 6v12M15 6v12"/>',
    "pencil": '<path d="M5 19h3.5L19 8.5 15.5 5 5 15.5zM13.5 7l3.5 3.5"/>',
    "people": (
        '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 5.3a3.5 3.5 0 0 1'
        ' 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5"/>'
    ),
    "person": '<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0"/>',
    "phone": (
        '<path d="M6 3.5h3.2l1.6 4.6-2.2 1.5a11 11 0 0 0 5.8 5.8l1.5-2.2 4.6 1.6V18'
        'a2.5 2.5 0 0 1-2.6 2.5A14.6 14.6 0 0 1 3.5 6.1 2.5 2.5 0 0 1 6 3.5z"/>'
    ),
    "play": '<circle cx="12" cy="12" r="8.5"/><path d="m10.2 8.8 5 3.2-5 3.2z"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "printer": '<path d="M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z"/>',
    "right": '<path d="m9.5 6 6 6-6 6"/>',
    "route": (
        '<circle cx="6.5" cy="18" r="2.5"/><circle cx="17.5" cy="6" r="2.5"/>'
        '<path d="M9 18h6.5a3.5 3.5 0 0 0 0-7h-7a3.5 3.5 0 0 1 0-7H15"/>'
    ),
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m20 20-4.2-4.2"/>',
    "split": '<path d="M12 20.5V14M12 14 6.5 8.5M12 14l5.5-5.5M6 12.5V8h4.5M13.5 8H18v4.5"/>',
    "star": '<path d="m12 4 2.4 5.2 5.6.6-4.2 3.8 1.2 5.6-5-2.9-5 2.9 1.2-5.6L4 9.8l5.6-.6z"/>',
    "sync": '<path d="M5 12a7 7 0 0 1 12-5l2 2M19 5v4h-4M19 12a7 7 0 0 1-12 5l-2-2M5 19v-4h4"/>',
    "ticket": '<path d="M4 7h16v3.5a1.8 1.8 0 0 0 0 3.5V17H4v-3a1.8 1.8 0 0 0 0-3.5z"/>',
    "trash": '<path d="M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5"/>',
    "undo": '<path d="M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3"/>',
    "unlock": (
        '<rect x="5" y="11" width="14" height="9.5" rx="2"/><path d="M8 11V7.5a4 4 0 0 1 7.6-1.7"/>'
    ),
    "upload": '<path d="M12 16V5M7.5 9 12 4.5 16.5 9M5 20h14"/>',
}
