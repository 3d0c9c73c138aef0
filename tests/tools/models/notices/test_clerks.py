"""Short mails of a bank's or processor's employee in plain sentences, and mails that only look like them."""

import pytest

from tests.tools.models.notices.mails import read

CLERK = "s.marsh@harbor-acquiring.example"
SHOPPER = "j.park@buyers.example"

# language, kind, subject, what the clerk writes
CLERKS = [
    ("en", "first_dispute", "quick one", "Hi Jo, a chargeback landed this morning, USD 88.20 on a Visa ending 4417, our case no is HB-20931. The customer says it never came. Could you send me the tracking by 3 December 2026? Thanks, Sam"),
    ("en", "outcome_won", "HB-20931", "Hi Jo, good news on case HB-20931 (USD 88.20): the issuing bank agreed with us and the case is closed. Sam"),
    ("en", "outcome_lost", "HB-20931", "Hi Jo, sorry, on case HB-20931 (USD 88.20) the cardholder's bank wasn't convinced by the papers, so the debit is final. Sam"),
    ("en", "inquiry", "a question from the issuer", "Hi Jo, a cardholder disputes USD 88.20 paid on 20 October 2026, case HB-20932, Visa ending 4417. Nothing has been debited. Please send the invoice by 3 December 2026. Sam"),
    ("de", "first_dispute", "kurze Frage", "Hallo Frau Lange, heute kam eine Rückbelastung rein, 88,20 EUR, Visa mit Endziffern 4417, Fallnummer HB-20931. Der Kunde sagt, er habe nichts bekommen. Schicken Sie mir bitte den Zustellnachweis bis zum 3. Dezember 2026? Gruß, Marsch"),
    ("de", "first_dispute", "Rückbelastung Visa 4417", "Hallo Frau Lange, gerade kam eine Rückbelastung rein. Es geht um 88,20 EUR vom 20.10.2026, Visa mit Endziffern 4417. Der Kunde behauptet, er habe nie bestellt. Haben Sie einen Lieferschein? Marsch"),
    ("de", "outcome_won", "HB-20931", "Hallo Frau Lange, gute Nachricht zum Fall HB-20931 über 88,20 EUR: Die Bank des Karteninhabers hat uns recht gegeben, der Fall ist erledigt."),
    ("de", "outcome_lost", "HB-20931", "Hallo Frau Lange, leider haben die Unterlagen zum Fall HB-20931 über 88,20 EUR der Bank nicht ausgereicht, da ist nichts mehr zu machen."),
    ("de", "inquiry", "Rückfrage", "Hallo Frau Lange, ein Karteninhaber reklamiert 88,20 EUR vom 20. Oktober 2026, Fallnummer HB-20932. Es wurde noch nichts belastet. Bitte schicken Sie mir die Rechnung bis zum 3. Dezember 2026."),
    ("fr", "first_dispute", "petit mot", "Bonjour, on vient de recevoir un impayé de 88,20 € sur une Visa qui finit par 4417, dossier HB-20931. La cliente dit qu'elle n'a jamais reçu son colis. Envoyez-moi la preuve de livraison avant le 3 décembre 2026 svp. Sandrine"),
    ("fr", "outcome_won", "HB-20931", "Bonjour, bonne nouvelle pour le dossier HB-20931 (88,20 €) : la banque du porteur nous a donné raison."),
    ("fr", "outcome_lost", "HB-20931", "Bonjour, pour le dossier HB-20931 (88,20 €), vos pièces n'ont pas suffi et la banque a donné raison à la cliente."),
    ("fr", "inquiry", "question d'une banque", "Bonjour, un porteur conteste un achat de 88,20 € du 20 octobre 2026, dossier HB-20932. Rien n'est débité pour l'instant. Il me faut la facture avant le 3 décembre 2026."),
    ("es", "first_dispute", "una cosa", "Hola, nos ha entrado un contracargo de 88,20 EUR de una Visa terminada en 4417, número de caso HB-20931. El cliente dice que nunca le llegó. ¿Me mandas el albarán antes del 3 de diciembre de 2026? Gracias, Marta"),
    ("es", "outcome_won", "HB-20931", "Hola, buenas noticias del caso HB-20931 (88,20 EUR): el banco emisor nos ha dado la razón."),
    ("es", "outcome_lost", "HB-20931", "Hola, en el caso HB-20931 (88,20 EUR) las pruebas no fueron suficientes y el banco le da la razón al cliente."),
    ("es", "inquiry", "consulta", "Hola, un titular no reconoce un cargo de 88,20 EUR del 20 de octubre de 2026, caso HB-20932. No se ha debitado nada. Mándame la factura antes del 3 de diciembre de 2026."),
    ("pt", "first_dispute", "uma coisa rápida", "Olá, chegou hoje um chargeback de 88,20 EUR de um Visa com final 4417, caso HB-20931. O cliente diz que nunca recebeu a encomenda. Pode mandar o comprovativo de entrega até 3 de dezembro de 2026? Obrigada, Marta"),
    ("pt", "outcome_won", "HB-20931", "Olá, boas notícias do caso HB-20931 (88,20 EUR): o banco emissor deu-nos razão."),
    ("pt", "outcome_lost", "HB-20931", "Olá, no caso HB-20931 (88,20 EUR) os documentos não foram suficientes e o banco deu razão ao titular."),
    ("pt", "inquiry", "pergunta do emissor", "Olá, um titular contesta 88,20 EUR de 20 de outubro de 2026, caso HB-20932. Ainda não foi debitado nada. Envie a fatura até 3 de dezembro de 2026."),
    ("it", "first_dispute", "una cosa veloce", "Ciao, ci è arrivato un chargeback di 88,20 EUR su una Visa che finisce con 4417, pratica HB-20931. Il cliente dice che il pacco non è mai arrivato. Mi mandi la prova di consegna entro il 3 dicembre 2026? Grazie, Marta"),
    ("it", "outcome_won", "HB-20931", "Ciao, buone notizie per la pratica HB-20931 (88,20 EUR): la banca emittente ci ha dato ragione."),
    ("it", "outcome_lost", "HB-20931", "Ciao, per la pratica HB-20931 (88,20 EUR) i documenti non sono bastati e la banca dà ragione al titolare."),
    ("it", "inquiry", "domanda", "Ciao, un titolare contesta 88,20 EUR del 20 ottobre 2026, pratica HB-20932. Non è stato addebitato nulla. Mandami la fattura entro il 3 dicembre 2026."),
    ("ru", "first_dispute", "коротко", "Добрый день! Сегодня пришёл чарджбэк на 88,20 EUR, Visa, последние цифры 4417, номер дела HB-20931. Клиент говорит, что посылка не пришла. Пришлите, пожалуйста, подтверждение доставки до 03.12.2026. Марина"),
    ("ru", "outcome_won", "HB-20931", "Добрый день! По делу HB-20931 (88,20 EUR) банк-эмитент признал документы достаточными, мы выиграли."),
    ("ru", "outcome_lost", "HB-20931", "Добрый день! По делу HB-20931 (88,20 EUR) эмитент отклонил ваши документы, сумма не возвращается."),
    ("ru", "inquiry", "вопрос", "Добрый день! Держатель карты оспаривает 88,20 EUR от 20.10.2026, номер дела HB-20932. Пока ничего не списано. Пришлите чек до 03.12.2026."),
    ("tr", "first_dispute", "kısa bir not", "Merhaba, bugün 88,20 EUR tutarında bir ters ibraz geldi, sonu 4417 olan Visa, dosya numarası HB-20931. Müşteri kargonun gelmediğini söylüyor. Teslimat belgesini 03.12.2026 tarihine kadar gönderir misiniz? Selin"),
    ("tr", "outcome_won", "HB-20931", "Merhaba, HB-20931 numaralı dosyada (88,20 EUR) kartı çıkaran banka bizi haklı buldu."),
    ("tr", "outcome_lost", "HB-20931", "Merhaba, HB-20931 numaralı dosyada (88,20 EUR) banka belgeleri yeterli bulmadı, kart sahibini haklı buldu."),
    ("tr", "inquiry", "bir soru", "Merhaba, bir kart sahibi 20.10.2026 tarihli 88,20 EUR işleme itiraz ediyor, dosya numarası HB-20932. Henüz kesinti yapılmadı. Faturayı 03.12.2026 tarihine kadar gönderin."),
    ("ar", "first_dispute", "سؤال سريع", "السلام عليكم، جانا اعتراض على مبلغ 88.20 EUR، بطاقة Visa تنتهي بـ 4417، رقم القضية HB-20931. العميل يقول إن الطلب ما وصله. أرسل لي إثبات التوصيل قبل 3 ديسمبر 2026. ياسر"),
    ("ar", "outcome_won", "HB-20931", "السلام عليكم، رقم القضية HB-20931 بمبلغ 88.20 EUR: اقتنع البنك المصدر بالمستندات وربحنا الاعتراض."),
    ("ar", "outcome_lost", "HB-20931", "السلام عليكم، رقم القضية HB-20931 بمبلغ 88.20 EUR: لم يقتنع البنك المصدر بالمستندات وخسرنا الاعتراض."),
    ("ar", "inquiry", "استفسار", "السلام عليكم، يعترض حامل البطاقة على 88.20 EUR بتاريخ 20 أكتوبر 2026، رقم القضية HB-20932. لم يتم خصم أي مبلغ. أرسل الفاتورة قبل 3 ديسمبر 2026."),
    ("zh", "first_dispute", "麻烦看一下", "您好，今天银行那边来了一笔拒付，金额 USD 88.20，Visa 尾号4417，案件编号 HB-20931。客人说东西没到。麻烦2026年12月3日前把签收证明发我。小林"),
    ("zh", "outcome_won", "HB-20931", "您好，案件编号 HB-20931，金额 USD 88.20，发卡行认可了我们的材料，打赢了。"),
    ("zh", "outcome_lost", "HB-20931", "您好，案件编号 HB-20931，金额 USD 88.20，发卡行没有认可我们的材料，判给持卡人了，钱拿不回来。"),
    ("zh", "inquiry", "银行来问", "您好，持卡人对2026年10月20日的一笔 USD 88.20 有疑问，案件编号 HB-20932。目前没有扣款。麻烦2026年12月3日前把发票发我。"),
    ("ja", "first_dispute", "ご確認のお願い", "お世話になっております。本日8,820円のチャージバックが届きました。Visa、下4桁4417、管理番号はHB-20931です。会員様は商品がまだ届いていないとおっしゃっています。2026年12月3日までに配達証明をお送りください。堀内"),
    ("ja", "outcome_won", "HB-20931", "お世話になっております。管理番号HB-20931（8,820円）の件、カード発行会社にて貴社の主張が認められました。"),
    ("ja", "outcome_lost", "HB-20931", "お世話になっております。管理番号HB-20931（8,820円）の件、カード発行会社にて会員様の主張が認められました。売上金はお戻しできません。"),
    ("ja", "inquiry", "お問い合わせ", "お世話になっております。会員様より2026年10月20日の8,820円のご利用について照会がございました。管理番号はHB-20932です。現時点では差し引きは行っておりません。2026年12月3日までに明細をお送りください。"),
    ("ko", "first_dispute", "확인 부탁드려요", "안녕하세요, 오늘 88,200원 차지백이 들어왔습니다. Visa 끝자리 4417, 접수번호는 HB-20931입니다. 고객은 물건을 못 받았다고 합니다. 2026년 12월 3일까지 배송 증빙 보내 주세요. 박지훈"),
    ("ko", "outcome_won", "HB-20931", "안녕하세요, 접수번호 HB-20931 (88,200원) 차지백 건은 발급사가 소명을 인정하여 가맹점 승으로 종결되었습니다."),
    ("ko", "outcome_lost", "HB-20931", "안녕하세요, 접수번호 HB-20931 (88,200원) 차지백 건은 자료가 충분하지 않다고 하여 카드 회원 손을 들어 주었습니다."),
    ("ko", "inquiry", "문의드려요", "안녕하세요, 카드 회원이 2026년 10월 20일 88,200원 결제에 대해 문의했습니다. 접수번호 HB-20932입니다. 아직 차감된 금액은 없습니다. 2026년 12월 3일까지 영수증을 보내 주세요."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "kind", "subject", "text"), CLERKS, ids=[f"{row[0]}-{row[1]}" for row in CLERKS])
def test_what_a_clerk_writes_in_plain_sentences_is_a_notice(language: str, kind: str, subject: str, text: str) -> None:
    reading = read(CLERK, subject, text)
    assert reading is not None
    assert (reading.kind, reading.notice_type) == ("dispute", kind)


def test_money_of_which_the_bank_says_that_it_is_right_again_was_won() -> None:
    text = "案件JQ-98817抗辩已获发卡行认可，此前冻结的 EUR 95.20 已解冻并转入可用余额。"
    reading = read(CLERK, "案件JQ-98817：款项已返还", text)
    assert reading is not None
    assert reading.notice_type == "outcome_won"


def test_an_advice_of_a_debit_that_asks_for_an_answer_is_a_dispute() -> None:
    text = "Case No.: 0091-44827\nCB Amount: $219.99 USD\nReason Code: 4853\nReply Cutoff: December 2, 2026"
    reading = read(CLERK, "Chargeback debit advice", text)
    assert reading is not None
    assert reading.notice_type == "first_dispute"


def test_papers_that_did_not_arrive_are_no_goods_that_did_not() -> None:
    text = "我司通知您的一笔争议至今未收到申诉材料。\n争议编号 WFD-2611-05592\n争议金额 89.00 GBP\n商品为仿品/假货"
    reading = read(CLERK, "【催办】争议 WFD-2611-05592", text)
    assert reading is not None
    assert reading.value("category") == "counterfeit"


# kind of near miss, sender, subject, text
NO_NOTICES = [
    ("payout", CLERK, "Your payout is on its way", "USD 4,120.55 will reach your account on 24 November 2026. Deducted: 2 chargebacks (USD 131.00) and fees of USD 30.00. Payout PO-771203."),
    ("payout", CLERK, "Auszahlung vom 20.11.2026", "Ihre Auszahlung über 3.980,10 EUR ist unterwegs. Verrechnet wurden Rückbuchungen in Höhe von 88,20 EUR. Referenz AZ-55102."),
    ("payout", CLERK, "Virement du 20 novembre 2026", "Votre virement de 3 980,10 EUR a été émis. Impayés déduits : 88,20 EUR. Référence VR-55102."),
    ("payout", CLERK, "Liquidación del 20/11/2026", "Hemos transferido 3.980,10 EUR a su cuenta. Contracargos descontados: 88,20 EUR. Referencia LQ-55102."),
    ("payout", CLERK, "Relatório de repasse", "O repasse de R$ 3.980,10 será feito em 24/11/2026. Chargebacks descontados: R$ 88,20. Referência RP-55102."),
    ("payout", CLERK, "Accredito del 20/11/2026", "Abbiamo accreditato 3.980,10 EUR sul suo conto. Contestazioni detratte: 88,20 EUR. Riferimento AC-55102."),
    ("payout", CLERK, "Отчёт о выплате", "Выплата 398 010,00 руб. зачислена 20.11.2026. Удержано по чарджбэкам: 8 820,00 руб. Номер выплаты ВП-55102."),
    ("payout", CLERK, "Ödeme raporu", "3.980,10 TL hesabınıza 20.11.2026 tarihinde aktarıldı. Ters ibraz kesintisi: 88,20 TL. Referans OD-55102."),
    ("payout", CLERK, "结算单 2026-11-20", "本期结算金额 USD 3,980.10，已扣除拒付款 USD 88.20。结算批次 JS-55102。"),
    ("payout", CLERK, "정산 안내 (11월 20일)", "정산 금액 3,980,100원이 입금되었습니다. 차지백 차감액은 88,200원입니다. 정산번호 JS-55102."),
    ("payout", CLERK, "お振込のご案内", "2026年11月20日付で398,010円をお振込みいたしました。チャージバック控除額は8,820円です。振込番号 FK-55102"),
    ("payout", CLERK, "تقرير التسوية", "تم تحويل 3,980.10 SAR إلى حسابكم بتاريخ 20 نوفمبر 2026 بعد خصم اعتراضات بقيمة 88.20 SAR. رقم التسوية 55102."),
    ("newsletter", CLERK, "Five ways to win more disputes", "Merchants who answer early win more. Our webinar on 3 December 2026 shows how a shop got back USD 12,400.00. The customer says it never came? Learn how to answer. Unsubscribe"),
    ("newsletter", CLERK, "Newsletter November: Rückbuchungen vermeiden", "Der Kunde sagt, er habe nichts bekommen? Unser Webinar am 3. Dezember 2026 zeigt, wie ein Händler 12.400,00 EUR zurückholte. Jetzt anmelden, Newsletter abbestellen."),
    ("newsletter", CLERK, "Infolettre : réduire vos impayés", "Le client dit n'avoir rien reçu ? Notre webinaire du 3 décembre 2026 montre comment un marchand a récupéré 12 400,00 EUR. Se désabonner"),
    ("newsletter", CLERK, "Boletín: cómo ganar contracargos", "¿El cliente dice que no le llegó? En nuestro webinar del 3 de diciembre de 2026 verá cómo una tienda recuperó 12.400,00 EUR. Darse de baja del boletín"),
    ("newsletter", CLERK, "Newsletter: menos chargebacks", "O cliente diz que não recebeu? No nosso webinar de 3 de dezembro de 2026 mostramos como uma loja recuperou R$ 12.400,00. Cancelar inscrição"),
    ("newsletter", CLERK, "Newsletter: meno contestazioni", "Il cliente dice di non aver ricevuto niente? Il webinar del 3 dicembre 2026 mostra come un negozio ha recuperato 12.400,00 EUR. Disiscriviti"),
    ("newsletter", CLERK, "Рассылка: как снизить чарджбэки", "Клиент говорит, что ничего не получил? На вебинаре 3 декабря 2026 покажем, как магазин вернул 1 240 000,00 руб. Отписаться от рассылки"),
    ("newsletter", CLERK, "Bülten: ters ibrazları azaltın", "Müşteri ürünün gelmediğini mi söylüyor? 3 Aralık 2026 webinarında bir mağazanın 12.400,00 TL'yi nasıl kurtardığını anlatıyoruz. Abonelikten çık"),
    ("newsletter", CLERK, "电子报：降低拒付率", "客人说没收到货怎么办？2026年12月3日直播课，分享一家店如何追回 USD 12,400.00。立即报名，退订请点这里。"),
    ("newsletter", CLERK, "뉴스레터: 차지백을 줄이는 방법", "고객이 물건을 못 받았다고 합니까? 2026년 12월 3일 웨비나에서 12,400,000원을 되찾은 사례를 소개합니다. 수신거부"),
    ("monitoring", CLERK, "Your dispute ratio in October", "Your account had 41 chargebacks (USD 5,210.40) in October 2026, a ratio of 1.2 %. Please send an action plan by 9 December 2026."),
    ("monitoring", CLERK, "Chargeback-Quote im Oktober", "Im Oktober 2026 gab es 41 Rückbuchungen über 5.210,40 EUR, die Quote liegt bei 1,2 %. Bitte schicken Sie uns einen Maßnahmenplan bis 9. Dezember 2026."),
    ("monitoring", CLERK, "Programme de surveillance : octobre", "Votre taux d'impayés était de 1,2 % en octobre 2026 (41 impayés, 5 210,40 EUR). Merci d'envoyer un plan d'action avant le 9 décembre 2026."),
    ("monitoring", CLERK, "Programa de monitoreo: octubre", "Su ratio de contracargos fue de 1,2 % en octubre de 2026 (41 casos, 5.210,40 EUR). Envíe un plan de acción antes del 9 de diciembre de 2026."),
    ("monitoring", CLERK, "Programa de monitoramento: outubro", "O seu índice de chargebacks foi de 1,2 % em outubro de 2026 (41 casos, R$ 5.210,40). Envie um plano de ação até 9 de dezembro de 2026."),
    ("monitoring", CLERK, "Programma di monitoraggio: ottobre", "Il suo tasso di contestazioni a ottobre 2026 è dell'1,2 % (41 casi, 5.210,40 EUR). Invii un piano d'azione entro il 9 dicembre 2026."),
    ("monitoring", CLERK, "Программа мониторинга: октябрь", "Доля чарджбэков за октябрь 2026 составила 1,2 % (41 случай, 521 040,00 руб.). Пришлите план мер до 09.12.2026."),
    ("monitoring", CLERK, "İzleme programı: Ekim", "Ekim 2026 ters ibraz oranınız %1,2 oldu (41 adet, 5.210,40 TL). Eylem planını 09.12.2026 tarihine kadar gönderin."),
    ("monitoring", CLERK, "拒付监控计划：十月", "贵司2026年10月拒付率为1.2%（41笔，USD 5,210.40），请于2026年12月9日前提交整改计划。"),
    ("monitoring", CLERK, "모니터링 프로그램: 10월", "2026년 10월 차지백 비율은 1.2%(41건, 5,210,400원)입니다. 2026년 12월 9일까지 개선 계획을 보내 주세요."),
    ("threat", SHOPPER, "Order 20718", "Where is my order 20718? I paid USD 88.20 on 20 October 2026. If it is not here by 3 December 2026 my bank will do a chargeback."),
    ("threat", SHOPPER, "Bestellung 20718", "Ich warte immer noch auf meine Bestellung 20718 über 88,20 EUR. Wenn sie bis 3. Dezember 2026 nicht da ist, lasse ich das Geld von meiner Bank zurückbuchen. Meine Bank sagt, ich hätte gute Chancen."),
    ("threat", SHOPPER, "Commande 20718", "Je n'ai toujours pas reçu ma commande 20718 de 88,20 EUR. Sans réponse avant le 3 décembre 2026, je demande un impayé à ma banque."),
    ("threat", SHOPPER, "Pedido 20718", "Sigo sin recibir mi pedido 20718 de 88,20 EUR. Si no llega antes del 3 de diciembre de 2026 pediré un contracargo a mi banco."),
    ("threat", SHOPPER, "Pedido 20718", "Ainda não recebi o meu pedido 20718 de R$ 88,20. Se não chegar até 3 de dezembro de 2026, vou abrir um chargeback no meu banco."),
    ("threat", SHOPPER, "Ordine 20718", "Non ho ancora ricevuto il mio ordine 20718 di 88,20 EUR. Se non arriva entro il 3 dicembre 2026 chiedo il chargeback alla mia banca."),
    ("threat", SHOPPER, "Заказ 20718", "Я так и не получил свой заказ 20718 на 8 820,00 руб. Если до 03.12.2026 ничего не придёт, мой банк оформит чарджбэк."),
    ("threat", SHOPPER, "Sipariş 20718", "20718 numaralı siparişim hâlâ gelmedi, 88,20 TL ödedim. 03.12.2026 tarihine kadar gelmezse bankama ters ibraz yapacağım."),
    ("threat", SHOPPER, "订单20718", "我的订单20718还没收到，付了 USD 88.20。2026年12月3日前再不到，我就让银行拒付。"),
    ("threat", SHOPPER, "注文20718", "注文20718（8,820円）がまだ届きません。2026年12月3日までに届かない場合はカード会社に連絡してチャージバックします。"),
    ("threat", SHOPPER, "주문 20718", "제 주문 20718(88,200원)이 아직 안 왔어요. 2026년 12월 3일까지 안 오면 카드사에 연락해서 차지백을 신청할 거예요."),
    ("threat", SHOPPER, "طلب 20718", "لم يصلني طلبي 20718 بمبلغ 88.20 SAR حتى الآن. إذا لم يصل قبل 3 ديسمبر 2026 سأطلب من بنكي استرجاع المبلغ."),
]  # fmt: skip


@pytest.mark.parametrize(("why", "sender", "subject", "text"), NO_NOTICES, ids=[f"{r[0]}-{r[2]}" for r in NO_NOTICES])
def test_a_mail_that_only_speaks_of_disputes_is_no_notice(why: str, sender: str, subject: str, text: str) -> None:
    reading = read(sender, subject, text)
    assert reading is None, (reading.notice_type, reading.score)
