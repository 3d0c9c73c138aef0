"""What a reader of an HTML mail sees, and what not."""

import time

import pytest

from tools.mail.html_text import html_to_text, strip_invisible


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<table><tr><td>Case ID</td><td>PP-1</td></tr><tr><td>Amount:</td><td>$5.00</td></tr></table>",
            "Case ID: PP-1\nAmount: $5.00",
        ),
        ("<table><tr><td><p><b>Due</b></p></td><td><p>3 May 2026</p></td></tr></table>", "Due: 3 May 2026"),
        (
            "<table><tr><th>Item</th><th>Qty</th><th>Price</th></tr><tr><td>Shoe</td><td>1</td><td>5</td></tr></table>",
            "Item | Qty | Price\nItem: Shoe | Qty: 1 | Price: 5",
        ),
        (
            "<table><tr><th>Item</th><th>Qty</th><th>Price</th></tr><tr><td>Shoe</td><td></td><td>5</td></tr></table>",
            "Item | Qty | Price\nItem: Shoe | Price: 5",
        ),
        ("<table><tr><td>Address</td><td>Main St 1<br>Berlin</td></tr></table>", "Address: Main St 1\nBerlin"),
        ("<dl><dt>Reason</dt><dd>Fraud</dd><dt>Stage:</dt><dd>Inquiry</dd></dl>", "Reason: Fraud\nStage: Inquiry"),
        ("<table><tr><td><table><tr><td>A</td><td>1</td></tr></table></td></tr></table>", "A: 1"),
        ("<p>See <a href='https://x.example/1'>the case</a> now</p>", "See the case (https://x.example/1) now"),
        ("<a href='https://x.example/1'>https://x.example/1</a>", "https://x.example/1"),
        ("<a href='mailto:a@b.c'>a@b.c</a>", "a@b.c"),
        (
            "<ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol>",
            "- one\n- two\n\n1. first\n2. second",
        ),
        ("one<br>two<div>three</div>four", "one\ntwo\nthree\nfour"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("caf&eacute; &lt;b&gt; &#8364;", "café <b> €"),
        ("<p>open <b>bold<p>next", "open bold\n\nnext"),
    ],
)
def test_layout_becomes_lines(html: str, text: str) -> None:
    assert html_to_text(html).text == text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">trick</div>',
        '<div style="DISPLAY : NONE !important">trick</div>',
        '<span style="visibility:hidden">trick</span>',
        '<span style="font-size:0">trick</span>',
        '<span style="font-size:1px">trick</span>',
        '<span style="opacity:0">trick</span>',
        '<span style="color:#fff">trick</span>',
        '<span style="color:white;background-color:#FFFFFF">trick</span>',
        '<div style="background:#000"><p style="color:rgb(0,0,0)">trick</p></div>',
        '<font color="#ffffff">trick</font>',
        '<span style="color:transparent">trick</span>',
        '<div style="position:absolute;left:-9999px">trick</div>',
        '<div style="text-indent:-5000px">trick</div>',
        '<div style="max-height:0;overflow:hidden">trick</div>',
        "<div hidden>trick</div>",
        '<div width="0">trick</div>',
        '<div style="display:none"><p><b>trick</b></p></div>',
        "<template>trick</template>",
        '<div class="preheader">trick</div>',
        "<style>.x{display:none}</style><p class='x'>trick</p>",
        "<style>#y{font-size:0px} @media print{p{display:none}}</style><p id='y'>trick</p>",
        "<style>p.z, div.z {color:#ffffff}</style><div class='z'>trick</div>",
    ],
)
def test_hidden_text_is_kept_apart(hidden: str) -> None:
    page = html_to_text(f"<body><p>seen</p>{hidden}<p>also</p></body>")
    assert page.text.split() == ["seen", "also"]
    assert page.hidden_text == "trick"


@pytest.mark.parametrize(
    "shown",
    [
        '<td style="background:#06f"><a style="color:#fff">shown</a></td>',
        '<div style="background:url(x.png)"><p style="color:#fff">shown</p></div>',
        '<div bgcolor="#003366"><font color="white">shown</font></div>',
        "<style>@media (max-width:600px){.m{display:none}}</style><p class='m'>shown</p>",
        '<p style="font-size:1em">shown</p>',
        '<p style="opacity:0.9">shown</p>',
        '<img src=x alt="shown">',
    ],
)
def test_visible_text_is_not_taken_for_hidden(shown: str) -> None:
    page = html_to_text(f"<table><tr>{shown}</tr></table>" if shown.startswith("<td") else shown)
    assert "shown" in page.text
    assert not page.hidden_text


def test_invisible_characters_are_dropped_and_tag_characters_read() -> None:
    spelled = "".join(chr(0xE0000 + ord(char)) for char in "obey")
    assert strip_invisible(f"pay\u200b\u200b{spelled} now") == ("pay now", "obey")


def test_a_joiner_inside_a_word_stays() -> None:
    assert strip_invisible("می\u200cخواهم").text == "می\u200cخواهم"


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On X wrote:</div><blockquote>old</blockquote></div>',
        '<blockquote type="cite">old</blockquote>',
        '<div class="yahoo_quoted">old</div>',
        '<div><div id="divRplyFwdMsg"><b>From:</b> X</div><div>old</div></div>',
        '<span id="OLK_SRC_BODY_SECTION"><div>old</div></span>',
        '<div class="x_gmail_quote">old</div>',
        '<div class="moz-cite-prefix">On X wrote:</div><blockquote type="cite">old</blockquote>',
        "<blockquote>old</blockquote>",
    ],
)
def test_containers_of_quoted_mails_are_marked(quote: str) -> None:
    page = html_to_text(f"<div>new</div>{quote}")
    own = [line for line in page.marked(is_reply=True).split("\n") if line.strip() and not line.startswith(">")]
    assert own == ["new"]
    assert "old" in page.text


def test_a_plain_blockquote_in_a_notice_is_content() -> None:
    page = html_to_text("<p>The buyer says:</p><blockquote>Never came.</blockquote>")
    assert ">" not in page.marked(is_reply=False)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "x",
        "<table><tr><td>" * 30_000 + "x",
        "<b>" * 100_000 + "</i>" * 100_000,
        "<p style='" + "color:red;" * 100_000 + "'>x",
        "<a href='" + "a" * 1_000_000 + "'>x</a>",
        "<" * 300_000,
        "<!--" * 100_000,
        "&" * 500_000,
        "<style>" + "a{" * 100_000 + "</style>x",
        "<style>" + ".a,b{color:red}" * 20_000 + "</style><p class=a>x",
        "<blockquote>" * 20_000 + "x",
        "<a href=https://x.example>" * 30_000,
        "<p class='" + "a " * 200_000 + "'>x",
        "<td>" * 60_000,
        "<li>" * 60_000,
    ],
    ids=range(15),
)
def test_hostile_html_takes_little_time(html: str) -> None:
    started = time.process_time()
    html_to_text(html)
    assert time.process_time() - started < 4
