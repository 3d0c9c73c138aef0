"""All checks of one mail's sender put together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rejoinder.domain.authenticity import Authenticity, AuthenticityVerdict
from rejoinder.domain.judgement import Finding, Verdict
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.notices import NoticeSource
from rejoinder.errors import MailRejected
from tools.mail.authenticity.appearance import look_over
from tools.mail.authenticity.dns import LookUp, PatientLookup
from tools.mail.authenticity.domains import domain_of, organisation, source_of
from tools.mail.authenticity.policy import policy_of
from tools.mail.authenticity.results import server_word
from tools.mail.authenticity.signatures import Signature, check_seals, check_signatures
from tools.mail.body import collect
from tools.mail.headers import addresses
from tools.mail.mime import Limits, Part, read_structure

# A second one of these shows a reader what was not signed.
_ONCE = ("from", "subject", "date", "to", "reply-to", "content-type", "content-transfer-encoding", "mime-version")
_LONGEST_VALUE = 200
_UNDECIDED = "dkim_unchecked"
# What keeps a signed mail from counting as its source's own, where its sender shows it.
_DOUBTS = frozenset({"lookalike_ending", "lookalike_scripts"})


@dataclass(frozen=True, kw_only=True)
class Authenticator:
    """Judges mails. `look_up` is None where DNS may not be asked; `sources` are those whose names are imitated."""

    sources: Sequence[NoticeSource]
    look_up: LookUp | None
    limits: Limits

    def judge(self, raw: bytes, mail: InboundMail, trusted: Sequence[str] = ()) -> InboundMail:
        """Return the mail with what its sender's checks came to; an attached mail is judged by itself.

        `trusted` are the names of the merchant's own mail servers, as they write them into Authentication-Results.
        Never raises: what cannot be checked is unchecked.
        """
        try:
            root = read_structure(raw, self.limits)
        except MailRejected:
            return mail
        look_up = PatientLookup(self.look_up) if self.look_up else None
        return self._judged(root, mail, trusted, look_up)

    def _judged(self, root: Part, mail: InboundMail, trusted: Sequence[str], look_up: LookUp | None) -> InboundMail:
        domain = domain_of(mail.sender.email)
        proven, findings = _sender(root, domain, trusted, look_up)
        source = source_of(domain, self.sources)
        findings += look_over(mail, _html_of(root, self.limits), self.sources, source, proven=proven)
        found = Authenticity(
            verdict=_verdict(proven, findings), domain=domain if proven else "", checks=tuple(findings)
        )
        return replace(mail, authenticity=found, forwarded=self._forwarded(root, mail, look_up))

    def _forwarded(self, root: Part, mail: InboundMail, look_up: LookUp | None) -> InboundMail | None:
        """Judge an attached mail by its own signatures; what is only quoted proves nothing."""
        inner = mail.forwarded
        if inner is None:
            return None
        attached = collect(root, self.limits).messages
        if attached:
            inner = self._judged(attached[0].children[0], inner, (), look_up)
        found = inner.authenticity
        if found.verdict == "verified":
            return inner
        by = _finding("forwarded", "unknown", sender=mail.sender.email, inner=inner.sender.email)
        verdict: AuthenticityVerdict = found.verdict if attached else "unverified"
        return replace(inner, authenticity=replace(found, verdict=verdict, checks=(by, *found.checks)))


def _sender(root: Part, domain: str, trusted: Sequence[str], look_up: LookUp | None) -> tuple[bool, list[Finding]]:
    """Return whether the domain in From is proven to have sent the mail, and by what."""
    findings = list(_structure(root))
    if not domain:
        return False, [*findings, _finding("no_sender", "fails")]
    word = server_word(root.headers, domain, trusted)
    if word.ignored:
        findings.append(_finding("results_ignored", "unknown", server=word.ignored))
    if word.passed is None:
        proven, told = _by_signature(_raw_of(root), domain, look_up)
    else:
        verdict: Verdict = "holds" if word.passed else "fails"
        proven, told = (
            word.passed,
            [_finding("mail_server", verdict, server=word.server, domain=domain, method=word.method.upper())],
        )
    return proven and not _speak_against(findings), [*findings, *told]


def _speak_against(findings: Sequence[Finding]) -> bool:
    """Tell whether one of the findings speaks against the mail."""
    return any(finding.verdict == "fails" for finding in findings)


def _verdict(proven: bool, findings: Sequence[Finding]) -> AuthenticityVerdict:
    if _speak_against(findings):
        return "failed"
    doubted = any(one.code in _DOUBTS and one.values["place"] != "link" for one in findings)
    if proven and not doubted:
        return "verified"
    return "unchecked" if any(one.code == _UNDECIDED for one in findings) else "unverified"


def _structure(root: Part) -> Iterator[Finding]:
    """Find what lets a mail show another sender or text than the one that was signed."""
    counts = Counter(header.name for header in root.headers if header.name in _ONCE)
    for name, count in counts.items():
        if count > 1:
            yield _finding("header_repeated", "fails", header=name.title())
    domains = {organisation(domain_of(one.email)) for one in addresses([root.header("from")])}
    if len(domains) > 1:
        yield _finding("several_senders", "fails", domains=", ".join(sorted(domains)))


def _by_signature(raw: bytes, domain: str, look_up: LookUp | None) -> tuple[bool, list[Finding]]:
    policy = policy_of(domain, look_up)
    signatures = check_signatures(raw, look_up)
    own = [one for one in signatures if _aligned(one.domain, domain, strict=policy.strict)]
    valid = next((one for one in own if one.state == "valid"), None)
    if valid:
        return True, [_finding("dkim_valid", "holds", domain=valid.domain)]
    findings = [_of_signature(one) for one in dict.fromkeys(own)] or [_unsigned(domain, signatures)]
    if policy.refuses and not any(finding.code == _UNDECIDED for finding in findings):
        findings.append(_finding("policy_refuses", "fails", domain=domain, policy=policy.asked))
    if look_up is not None and (whole := check_seals(raw, look_up)) is not None:
        findings.append(_finding("arc_chain", "unknown", state="whole" if whole else "broken"))
    return False, findings


def _aligned(signer: str, domain: str, *, strict: bool) -> bool:
    return signer == domain if strict else bool(signer) and organisation(signer) == organisation(domain)


def _of_signature(one: Signature) -> Finding:
    return _finding(f"dkim_{one.state}", "fails" if one.state == "broken" else "unknown", domain=one.domain)


def _unsigned(domain: str, signatures: Sequence[Signature]) -> Finding:
    others = ", ".join(dict.fromkeys(one.domain for one in signatures if one.state == "valid"))
    if others:
        return _finding("dkim_other", "unknown", domain=domain, signers=others)
    return _finding("dkim_absent", "unknown", domain=domain)


def _raw_of(root: Part) -> bytes:
    return root.source[root.head.start : root.body.end]


def _html_of(root: Part, limits: Limits) -> str:
    return "\n".join(piece.html for piece in collect(root, limits).pieces if piece.html)


def _finding(code: str, verdict: Verdict, **values: str) -> Finding:
    return Finding(code=code, verdict=verdict, values={name: value[:_LONGEST_VALUE] for name, value in values.items()})
