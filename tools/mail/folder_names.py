"""Names of the drafts and sent folders, casefolded, where a server does not mark them (RFC 6154)."""

DRAFT_NAMES = frozenset({
    "drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze", "rascunhos", "concepten", "utkast", "kladder",
    "luonnokset", "taslaklar", "koncepty", "kopie robocze", "robocze", "piszkozatok", "ciorne", "черновики", "чернетки",
    "πρόχειρα", "טיוטות", "مسودات", "المسودات", "草稿", "草稿箱", "草稿匣", "下書き", "임시보관함", "ฉบับร่าง", "draf",
    "bản nháp", "thư nháp",
})  # fmt: skip

SENT_NAMES = frozenset({
    "sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente", "gesendete objekte",
    "envoyés", "éléments envoyés", "messages envoyés", "enviados", "elementos enviados", "itens enviados", "inviata",
    "inviati", "posta inviata", "elementi inviati", "verzonden", "verzonden items", "skickat", "skickade objekt",
    "sendt", "sendte elementer", "lähetetyt", "gönderilenler", "odeslané", "wysłane", "elküldött", "trimise",
    "отправленные", "надіслані", "απεσταλμένα", "נשלחו", "المرسل", "المرسلة", "已发送", "已发送邮件",
    "已发送消息", "寄件備份", "寄件匣", "送信済み", "送信済みアイテム", "送信済みトレイ", "보낸편지함", "보낸 편지함",
    "보낸 메일함", "terkirim", "đã gửi", "thư đã gửi",
})  # fmt: skip
