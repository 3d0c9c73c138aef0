"""Kinds of notices in twelve languages, in the words in which processors and banks write them."""

import pytest

from tests.tools.models.notices.mails import read

BANK = "disputes@harbor-acquiring.example"
STRIPE = "notifications@stripe.com"

# language, kind, sender, subject, text
NOTICES = [
    ("en", "outcome_won", STRIPE, "You won the dispute over $84.00", "The bank decided in your favor. $84.00 USD and the dispute are settled.\nDispute: du_1QkEnWon8sdfKJ2p9"),
    ("en", "outcome_lost", BANK, "Decision on case CB-4410", "The issuer has reviewed your documents and decided for the cardholder. The debit of USD 120.00 stands.\nCase number: CB-4410\nDisputed amount: USD 120.00"),
    ("en", "reversal", BANK, "Chargeback reversal, case CB-4411", "The chargeback below was reversed and the amount credited back to your account.\nCase number: CB-4411\nAmount: USD 64.10"),
    ("en", "deadline_reminder", BANK, "Two days left to answer case CB-4412", "We have not received your documents yet.\nCase number: CB-4412\nDisputed amount: USD 31.00\nRespond by: 2026-11-22"),
    ("en", "prearb", BANK, "Pre-arbitration received for case CB-4413", "The issuer did not accept your representment and has started pre-arbitration.\nCase number: CB-4413\nDisputed amount: USD 310.00\nRespond by: 2026-12-01"),
    ("en", "inquiry", BANK, "Request for a copy of a sales draft", "The issuer asks for a copy of the receipt. No funds have been debited.\nCase number: RR-4414\nTransaction amount: USD 55.00\nReply by: 2026-11-30"),
    ("en", "evidence_ack", BANK, "We have your documents for case CB-4415", "Your documents were received and forwarded to the issuer.\nCase number: CB-4415\nDisputed amount: USD 75.00"),
    ("en", "direct_debit_return", BANK, "Direct debit returned unpaid", "The direct debit below was returned by the payer's bank and debited from your account.\nReference: DD-4416\nAmount: EUR 49.90\nReason code: MD06"),
    ("en", "arbitration", BANK, "Case CB-4417 was filed for arbitration", "The issuer has filed the case with Visa for arbitration.\nCase number: CB-4417\nDisputed amount: USD 900.00\nRespond by: 2026-12-04"),
    ("en", "alert", "alerts@ethoca.com", "Customer dispute alert 88120", "Alert ID: 88120\nAmount: USD 25.00\nCard: 411111******1111\nExpires: 2026-11-22"),
    ("zh", "outcome_won", BANK, "拒付申诉结果通知：胜诉", "贵司对以下拒付的申诉已被发卡行接受，款项将返还。\n案件编号：CB-5501\n拒付金额：USD 84.00"),
    ("zh", "outcome_lost", BANK, "拒付案件结果通知", "很遗憾，发卡行未接受贵司的申诉，本案败诉。\n案件编号：CB-5502\n拒付金额：USD 120.00"),
    ("zh", "reversal", BANK, "拒付冲正通知", "以下拒付已被撤销，款项已退回至贵司账户。\n案件编号：CB-5503\n拒付金额：USD 64.10"),
    ("zh", "deadline_reminder", BANK, "【提醒】拒付案件即将到期", "我们尚未收到贵司的申诉材料。\n案件编号：CB-5504\n拒付金额：USD 31.00\n截止日期：2026-11-22"),
    ("zh", "prearb", BANK, "预仲裁通知", "发卡行不接受贵司的抗辩，已发起预仲裁。\n案件编号：CB-5505\n争议金额：USD 310.00\n回复期限：2026-12-01"),
    ("zh", "inquiry", BANK, "调单通知", "发卡行要求提供以下交易的签购单副本，目前未扣款。\n调单编号：RR-5506\n交易金额：USD 55.00\n回复期限：2026-11-30"),
    ("zh", "evidence_ack", BANK, "申诉材料已收到", "贵司提交的申诉材料已转交发卡行，请等待结果。\n案件编号：CB-5507\n拒付金额：USD 75.00"),
    ("zh", "arbitration", BANK, "仲裁通知", "发卡行已就本案向卡组织提起仲裁。\n案件编号：CB-5508\n争议金额：USD 900.00\n回复期限：2026-12-04"),
    ("es", "outcome_won", STRIPE, "Ganaste la disputa de 84,00 €", "El banco ha resuelto a tu favor.\nDisputa: du_1QkEsWon8sdfKJ2p9\nImporte disputado: 84,00 €"),
    ("es", "outcome_lost", BANK, "Resolución del caso CB-6602", "El banco emisor ha resuelto a favor del titular de la tarjeta; el contracargo queda firme.\nNúmero de caso: CB-6602\nImporte disputado: 120,00 EUR"),
    ("es", "reversal", BANK, "Reversión del contracargo CB-6603", "El importe se ha abonado de nuevo en su cuenta.\nNúmero de caso: CB-6603\nImporte: 64,10 EUR"),
    ("es", "deadline_reminder", BANK, "Recordatorio: quedan 2 días para responder", "Aún no hemos recibido su documentación.\nNúmero de caso: CB-6604\nImporte disputado: 31,00 EUR\nFecha límite: 22/11/2026"),
    ("es", "prearb", BANK, "Prearbitraje del caso CB-6605", "El emisor no acepta la representación y ha iniciado el prearbitraje.\nNúmero de caso: CB-6605\nImporte disputado: 310,00 EUR\nResponder antes del: 01/12/2026"),
    ("es", "inquiry", BANK, "Solicitud de comprobante", "El banco emisor solicita copia del comprobante. No se ha debitado ningún importe.\nNúmero de caso: RR-6606\nImporte de la transacción: 55,00 EUR\nFecha límite de respuesta: 30/11/2026"),
    ("es", "evidence_ack", BANK, "Hemos recibido su documentación del caso CB-6607", "La remitiremos al banco emisor.\nNúmero de caso: CB-6607\nImporte disputado: 75,00 EUR"),
    ("es", "direct_debit_return", BANK, "Devolución de recibo domiciliado", "El adeudo directo siguiente ha sido devuelto por el banco del deudor.\nReferencia: DD-6608\nImporte: 49,90 EUR\nCódigo de motivo: MD06"),
    ("de", "outcome_won", STRIPE, "Sie haben die Anfechtung über 84,00 € gewonnen", "Die Bank hat zu Ihren Gunsten entschieden.\nAnfechtung: du_1QkDeWon8sdfKJ2p9\nStreitbetrag: 84,00 €"),
    ("de", "outcome_lost", BANK, "Entscheidung im Fall CB-7702", "Die kartenausgebende Bank hat zugunsten des Karteninhabers entschieden.\nFallnummer: CB-7702\nStreitbetrag: 120,00 EUR"),
    ("de", "reversal", BANK, "Rückbuchung CB-7703 aufgehoben", "Der Betrag wurde Ihrem Konto wieder gutgeschrieben.\nFallnummer: CB-7703\nBetrag: 64,10 EUR"),
    ("de", "deadline_reminder", BANK, "Erinnerung: Frist läuft in 2 Tagen ab", "Ihre Unterlagen liegen uns noch nicht vor.\nFallnummer: CB-7704\nStreitbetrag: 31,00 EUR\nAntwortfrist: 22.11.2026"),
    ("de", "prearb", BANK, "Vor-Schiedsverfahren zu Fall CB-7705", "Die Bank des Karteninhabers hat Ihren Widerspruch abgelehnt.\nFallnummer: CB-7705\nStreitbetrag: 310,00 EUR\nAntwort bis: 01.12.2026"),
    ("de", "inquiry", BANK, "Beleganforderung", "Bitte senden Sie uns eine Kopie des Belegs. Es wurde noch nichts belastet.\nVorgangsnummer: RR-7706\nTransaktionsbetrag: 55,00 EUR\nAntwort bis: 30.11.2026"),
    ("de", "evidence_ack", BANK, "Ihre Unterlagen zu Fall CB-7707 sind eingegangen", "Wir haben sie an die kartenausgebende Bank weitergeleitet.\nFallnummer: CB-7707\nStreitbetrag: 75,00 EUR"),
    ("de", "direct_debit_return", BANK, "Rücklastschrift vom 18.11.2026", "Die folgende Lastschrift wurde von der Bank des Zahlers zurückgegeben.\nReferenz: DD-7708\nBetrag: 49,90 EUR\nRückgabegrund: MD06"),
    ("fr", "outcome_won", STRIPE, "Vous avez remporté le litige de 84,00 €", "La banque a tranché en votre faveur.\nLitige : du_1QkFrWon8sdfKJ2p9\nMontant contesté : 84,00 €"),
    ("fr", "outcome_lost", BANK, "Décision : dossier CB-8802", "La banque émettrice a tranché en faveur du porteur ; le montant reste débité.\nNuméro de dossier : CB-8802\nMontant contesté : 120,00 EUR"),
    ("fr", "reversal", BANK, "Annulation de l'impayé CB-8803", "Le montant a été recrédité sur votre compte.\nNuméro de dossier : CB-8803\nMontant : 64,10 EUR"),
    ("fr", "deadline_reminder", BANK, "Rappel : plus que 2 jours pour répondre", "Nous n'avons pas encore reçu vos justificatifs.\nNuméro de dossier : CB-8804\nMontant contesté : 31,00 EUR\nDate limite : 22/11/2026"),
    ("fr", "prearb", BANK, "Pré-arbitrage, dossier CB-8805", "L'émetteur maintient sa contestation.\nNuméro de dossier : CB-8805\nMontant contesté : 310,00 EUR\nÀ répondre avant le : 01/12/2026"),
    ("fr", "inquiry", BANK, "Demande de justificatif", "La banque émettrice demande une copie de la facture. Aucun débit n'a été effectué.\nNuméro de dossier : RR-8806\nMontant de la transaction : 55,00 EUR\nDate limite de réponse : 30/11/2026"),
    ("fr", "evidence_ack", BANK, "Vos justificatifs du dossier CB-8807 ont bien été reçus", "Nous les avons transmis à la banque émettrice.\nNuméro de dossier : CB-8807\nMontant contesté : 75,00 EUR"),
    ("fr", "direct_debit_return", BANK, "Rejet de prélèvement", "Le prélèvement ci-dessous a été rejeté par la banque du débiteur.\nRéférence : DD-8808\nMontant : 49,90 EUR\nCode motif : MD06"),
    ("pt", "outcome_won", BANK, "Contestação CB-9901 decidida a seu favor", "O emissor aceitou a sua defesa.\nNúmero do caso: CB-9901\nValor contestado: R$ 84,00"),
    ("pt", "outcome_lost", BANK, "Resultado da contestação CB-9902", "O banco emissor decidiu a favor do portador do cartão. Disputa perdida.\nNúmero do caso: CB-9902\nValor contestado: R$ 120,00"),
    ("pt", "reversal", BANK, "Chargeback revertido: CB-9903", "O valor foi creditado novamente na sua conta.\nNúmero do caso: CB-9903\nValor: R$ 64,10"),
    ("pt", "deadline_reminder", BANK, "Lembrete: faltam 2 dias para responder", "Ainda não recebemos seus documentos.\nNúmero do caso: CB-9904\nValor contestado: R$ 31,00\nResponder até: 22/11/2026"),
    ("pt", "prearb", BANK, "Pré-arbitragem do caso CB-9905", "O emissor recusou a reapresentação.\nNúmero do caso: CB-9905\nValor contestado: R$ 310,00\nResponder até: 01/12/2026"),
    ("pt", "inquiry", BANK, "Pedido de cópia de comprovante", "O banco emissor pede cópia do comprovante; nenhum valor foi debitado.\nNúmero do caso: RR-9906\nValor da transação: R$ 55,00\nPrazo de resposta: 30/11/2026"),
    ("pt", "evidence_ack", BANK, "Documentos recebidos: caso CB-9907", "Encaminhamos sua documentação ao emissor.\nNúmero do caso: CB-9907\nValor contestado: R$ 75,00"),
    ("it", "outcome_won", BANK, "Contestazione CB-1101 risolta a suo favore", "La banca emittente ha accettato la sua documentazione.\nNumero pratica: CB-1101\nImporto contestato: 84,00 EUR"),
    ("it", "outcome_lost", BANK, "Esito della contestazione CB-1102", "La banca emittente ha deciso a favore del titolare della carta.\nNumero pratica: CB-1102\nImporto contestato: 120,00 EUR"),
    ("it", "reversal", BANK, "Storno annullato: pratica CB-1103", "L'importo è stato riaccreditato sul suo conto.\nNumero pratica: CB-1103\nImporto: 64,10 EUR"),
    ("it", "deadline_reminder", BANK, "Promemoria: mancano 2 giorni per rispondere", "Non abbiamo ancora ricevuto i documenti.\nNumero pratica: CB-1104\nImporto contestato: 31,00 EUR\nRispondere entro: 22/11/2026"),
    ("it", "prearb", BANK, "Pre-arbitrato per la pratica CB-1105", "L'emittente ha respinto la ripresentazione.\nNumero pratica: CB-1105\nImporto contestato: 310,00 EUR\nRispondere entro: 01/12/2026"),
    ("it", "inquiry", BANK, "Richiesta di copia dello scontrino", "La banca emittente chiede copia della documentazione; non è stato addebitato alcun importo.\nNumero pratica: RR-1106\nImporto della transazione: 55,00 EUR\nScadenza: 30/11/2026"),
    ("it", "evidence_ack", BANK, "Documentazione ricevuta per la pratica CB-1107", "È stata inoltrata alla banca emittente.\nNumero pratica: CB-1107\nImporto contestato: 75,00 EUR"),
    ("it", "direct_debit_return", BANK, "Addebito diretto insoluto", "L'addebito seguente è stato restituito dalla banca del debitore.\nRiferimento: DD-1108\nImporto: 49,90 EUR\nCodice motivo: MD06"),
    ("ru", "outcome_won", BANK, "Спор по делу CB-1201 решён в вашу пользу", "Банк-эмитент принял ваши документы.\nНомер дела: CB-1201\nСумма спора: 8 400,00 руб."),
    ("ru", "outcome_lost", BANK, "Решение по делу CB-1202", "Банк-эмитент принял решение в пользу держателя карты. Спор проигран.\nНомер дела: CB-1202\nСумма спора: 12 000,00 руб."),
    ("ru", "reversal", BANK, "Отмена чарджбэка CB-1203", "Сумма возвращена на ваш счёт.\nНомер дела: CB-1203\nСумма: 6 410,00 руб."),
    ("ru", "deadline_reminder", BANK, "Напоминание: осталось 2 дня для ответа", "Мы ещё не получили ваши документы.\nНомер дела: CB-1204\nСумма спора: 3 100,00 руб.\nОтветить до: 22.11.2026"),
    ("ru", "prearb", BANK, "Пре-арбитраж по делу CB-1205", "Эмитент отклонил репрезентмент.\nНомер дела: CB-1205\nСумма спора: 31 000,00 руб.\nСрок ответа: 01.12.2026"),
    ("ru", "inquiry", BANK, "Запрос копии документа", "Эмитент запрашивает копию чека. Средства не списаны.\nНомер дела: RR-1206\nСумма операции: 5 500,00 руб.\nСрок ответа: 30.11.2026"),
    ("ru", "evidence_ack", BANK, "Документы по делу CB-1207 получены", "Мы направили их в банк-эмитент.\nНомер дела: CB-1207\nСумма спора: 7 500,00 руб."),
    ("ja", "outcome_won", BANK, "チャージバック審査結果のお知らせ（認容）", "貴社の異議申立が認められ、勝訴となりました。\nケース番号：CB-1301\n異議申立金額：8,400円"),
    ("ja", "outcome_lost", BANK, "チャージバック審査結果のお知らせ", "誠に残念ながら、異議申立は認められませんでした。\nケース番号：CB-1302\n異議申立金額：12,000円"),
    ("ja", "reversal", BANK, "チャージバック取消のお知らせ", "下記チャージバックは取り消され、代金は返還されました。\nケース番号：CB-1303\n金額：6,410円"),
    ("ja", "deadline_reminder", BANK, "【再通知】回答期限が近づいています", "まだご回答をいただいておりません。\nケース番号：CB-1304\n異議申立金額：3,100円\n回答期限：2026年11月22日"),
    ("ja", "prearb", BANK, "プレアービトレーションのご連絡", "カード発行会社が再請求を受け入れませんでした。\nケース番号：CB-1305\n係争金額：31,000円\n回答期限：2026年12月1日"),
    ("ja", "inquiry", BANK, "売上票のご提出のお願い（調査依頼）", "カード会員様より利用確認の依頼がありました。\n受付番号：RR-1306\nご利用金額：5,500円\n提出期限：2026年11月30日"),
    ("ja", "evidence_ack", BANK, "証拠書類を受領しました", "ご提出いただいた書類をカード発行会社へ送付いたしました。\nケース番号：CB-1307\n異議申立金額：7,500円"),
    ("ko", "outcome_won", BANK, "차지백 결과 안내: 승소", "발급사가 가맹점의 소명을 받아들였습니다.\n케이스 번호: CB-1401\n분쟁 금액: 84,000원"),
    ("ko", "outcome_lost", BANK, "차지백 결과 안내", "발급사가 카드 회원에게 유리하게 결정하였습니다. 패소 처리되었습니다.\n케이스 번호: CB-1402\n분쟁 금액: 120,000원"),
    ("ko", "reversal", BANK, "차지백 취소 안내", "차지백이 취소되어 금액이 계정으로 반환되었습니다.\n케이스 번호: CB-1403\n금액: 64,100원"),
    ("ko", "deadline_reminder", BANK, "[재안내] 회신 기한이 2일 남았습니다", "아직 소명 자료를 받지 못했습니다.\n케이스 번호: CB-1404\n분쟁 금액: 31,000원\n회신 기한: 2026년 11월 22일"),
    ("ko", "prearb", BANK, "사전 중재 통지", "발급사가 재청구를 거절하였습니다.\n케이스 번호: CB-1405\n분쟁 금액: 310,000원\n회신 기한: 2026년 12월 1일"),
    ("ko", "inquiry", BANK, "매출전표 사본 요청", "발급사에서 거래 확인 자료를 요청하였습니다. 출금된 금액은 없습니다.\n케이스 번호: RR-1406\n거래 금액: 55,000원\n제출 기한: 2026년 11월 30일"),
    ("ko", "evidence_ack", BANK, "소명 자료가 접수되었습니다", "제출하신 자료를 발급사에 전달하였습니다.\n케이스 번호: CB-1407\n분쟁 금액: 75,000원"),
    ("ar", "outcome_won", BANK, "نتيجة الاعتراض CB-1501: لصالحكم", "قبل البنك المصدر مستنداتكم.\nرقم القضية: CB-1501\nالمبلغ المتنازع عليه: 84.00 SAR"),
    ("ar", "outcome_lost", BANK, "نتيجة الاعتراض CB-1502", "قرر البنك المصدر لصالح حامل البطاقة وتم خسارة النزاع.\nرقم القضية: CB-1502\nالمبلغ المتنازع عليه: 120.00 SAR"),
    ("ar", "reversal", BANK, "إلغاء رد المبالغ المدفوعة CB-1503", "تمت إعادة المبلغ إلى حسابكم.\nرقم القضية: CB-1503\nالمبلغ: 64.10 SAR"),
    ("ar", "deadline_reminder", BANK, "تذكير: تبقى يومان للرد", "لم نستلم مستنداتكم بعد.\nرقم القضية: CB-1504\nالمبلغ المتنازع عليه: 31.00 SAR\nآخر موعد للرد: 22 نوفمبر 2026"),
    ("ar", "prearb", BANK, "إشعار ما قبل التحكيم للقضية CB-1505", "لم يقبل البنك المصدر دفاعكم.\nرقم القضية: CB-1505\nالمبلغ المتنازع عليه: 310.00 SAR\nآخر موعد للرد: 1 ديسمبر 2026"),
    ("ar", "inquiry", BANK, "طلب نسخة من إيصال العملية", "يطلب البنك المصدر نسخة من الإيصال. لم يتم خصم أي مبلغ.\nرقم القضية: RR-1506\nمبلغ العملية: 55.00 SAR\nآخر موعد للرد: 30 نوفمبر 2026"),
    ("ar", "evidence_ack", BANK, "تم استلام مستنداتكم للقضية CB-1507", "أرسلنا المستندات إلى البنك المصدر.\nرقم القضية: CB-1507\nالمبلغ المتنازع عليه: 75.00 SAR"),
    ("tr", "outcome_won", BANK, "CB-1601 numaralı itiraz lehinize sonuçlandı", "Kartı çıkaran banka belgelerinizi kabul etti.\nDosya numarası: CB-1601\nİtiraz tutarı: 840,00 TL"),
    ("tr", "outcome_lost", BANK, "CB-1602 numaralı itirazın sonucu", "Kartı çıkaran banka kart hamili lehine karar verdi. İtiraz kaybedildi.\nDosya numarası: CB-1602\nİtiraz tutarı: 1.200,00 TL"),
    ("tr", "reversal", BANK, "Ters ibraz iptal edildi: CB-1603", "Tutar hesabınıza iade edildi.\nDosya numarası: CB-1603\nTutar: 641,00 TL"),
    ("tr", "deadline_reminder", BANK, "Hatırlatma: yanıt için 2 gün kaldı", "Belgelerinizi henüz almadık.\nDosya numarası: CB-1604\nİtiraz tutarı: 310,00 TL\nSon yanıt tarihi: 22.11.2026"),
    ("tr", "prearb", BANK, "Tahkim öncesi bildirimi: CB-1605", "Kartı çıkaran banka savunmanızı kabul etmedi.\nDosya numarası: CB-1605\nİtiraz tutarı: 3.100,00 TL\nSon yanıt tarihi: 01.12.2026"),
    ("tr", "inquiry", BANK, "Belge talebi", "Kartı çıkaran banka işlem belgesinin kopyasını istiyor. Hesabınızdan tutar çekilmedi.\nDosya numarası: RR-1606\nİşlem tutarı: 550,00 TL\nSon yanıt tarihi: 30.11.2026"),
    ("tr", "evidence_ack", BANK, "Belgeleriniz alındı: CB-1607", "Belgeleriniz kartı çıkaran bankaya iletildi.\nDosya numarası: CB-1607\nİtiraz tutarı: 750,00 TL"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "kind", "sender", "subject", "text"), NOTICES, ids=[f"{row[0]}-{row[1]}" for row in NOTICES]
)
def test_the_kind_of_a_notice_is_named(language: str, kind: str, sender: str, subject: str, text: str) -> None:
    reading = read(sender, subject, text)
    assert reading is not None
    assert (reading.kind, reading.notice_type) == ("dispute", kind)
    assert reading.value("amount_minor"), "the amount is read whatever the kind"
    assert bool(reading.value("respond_by")) == ("2026" in text.split("\n")[-1])
