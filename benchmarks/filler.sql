-- Cases like the first one of the merchant, with all that belongs to a case that waits for a person; from `first` to `last`.
INSERT INTO orders (merchant_id, number, customer_email, placed_at, tracking, content_hash, document)
SELECT merchant_id, 'FX-' || n, 'filler' || n || '@mail.example', placed_at - n * interval '1 minute',
       ARRAY['FX' || lpad(n::text, 12, '0')], content_hash, document
FROM (SELECT * FROM orders WHERE number = :order) AS one, generate_series(CAST(:first AS int), CAST(:last AS int)) AS n;

INSERT INTO payments (merchant_id, reference, order_number, amount_minor, currency, card_last4, captured_at)
SELECT merchant_id, 'ch_filler_' || n, 'FX-' || n, 1000 + n % 50000, currency, lpad((n % 10000)::text, 4, '0'),
       captured_at - n * interval '1 minute'
FROM (SELECT * FROM payments WHERE order_number = :order LIMIT 1) AS one, generate_series(CAST(:first AS int), CAST(:last AS int)) AS n;

INSERT INTO cases (merchant_id, kind, status, title, intent, language, order_number)
SELECT merchant_id, kind, CASE n % 5 WHEN 0 THEN 'in_review' WHEN 1 THEN 'closed' ELSE 'answered' END, title, intent,
       language, 'FX-' || n
FROM (SELECT * FROM cases WHERE id = :case) AS one, generate_series(CAST(:first AS int), CAST(:last AS int)) AS n;

INSERT INTO messages (merchant_id, case_id, identity, mailbox, message_header, counterpart, participants, raw_file, mail,
                      received_at)
SELECT c.merchant_id, c.id, 'filler:' || c.id, m.mailbox, '<filler.' || c.id || '@mail.example>',
       'filler' || substr(c.order_number, 4) || '@mail.example', m.participants, m.raw_file, m.mail, m.received_at
FROM (SELECT * FROM messages WHERE case_id = :case LIMIT 1) AS m,
     (SELECT * FROM cases WHERE order_number LIKE 'FX-%' AND id > :after) AS c;

INSERT INTO runs (merchant_id, case_id, message_id, status, reconciled, readings, matches, route)
SELECT m.merchant_id, m.case_id, m.id, 'done', r.reconciled, r.readings, r.matches, r.route
FROM (SELECT * FROM runs WHERE case_id = :case LIMIT 1) AS r,
     (SELECT * FROM messages WHERE identity LIKE 'filler:%' AND case_id > :after) AS m;

INSERT INTO evidence (case_id, evidence_id, document)
SELECT r.case_id, e.evidence_id, e.document
FROM evidence AS e, (SELECT case_id FROM runs WHERE case_id > :after) AS r WHERE e.case_id = :case;

INSERT INTO used_passages (case_id, passage_id, document)
SELECT r.case_id, p.passage_id, p.document
FROM used_passages AS p, (SELECT case_id FROM runs WHERE case_id > :after) AS r WHERE p.case_id = :case;

INSERT INTO drafts (run_id, case_id, content_hash, body_hash, document, problems)
SELECT r.id, r.case_id, d.content_hash, d.body_hash, d.document, d.problems
FROM (SELECT * FROM drafts WHERE case_id = :case LIMIT 1) AS d, (SELECT * FROM runs WHERE case_id > :after) AS r;

INSERT INTO reviews (merchant_id, case_id, run_id, draft_id, status)
SELECT r.merchant_id, r.case_id, r.id, d.id, CASE c.status WHEN 'in_review' THEN 'open' ELSE 'decided' END
FROM runs AS r JOIN drafts AS d ON d.run_id = r.id JOIN cases AS c ON c.id = r.case_id WHERE r.case_id > :after;

INSERT INTO audit (actor, action, merchant_id, case_id, details)
SELECT a.actor, a.action, a.merchant_id, r.case_id, a.details
FROM audit AS a, (SELECT case_id FROM runs WHERE case_id > :after) AS r WHERE a.case_id = :case;
