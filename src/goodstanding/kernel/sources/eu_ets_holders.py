"""For which account holders of the EU registry the importer vouches that they are organisations, and why.

The registry has no form codes (FAIRNESS 2). Vouched for is a holder whose registered name shows a legal form or an institution,
or whose number comes from a register that takes companies only, or, with a register number beside it, whose name is one word or
speaks of an industry. Sole traders by their own mark are person-like. All others are unknown, which counts as person-like.
"""

from __future__ import annotations

import re
import unicodedata

from goodstanding.kernel.identity import Form

# Legal forms as words of a name, without accents, dots and case.
_FORMS = frozenset(
    """
    ab abee ace ad ae aee ag aie aktiebolag aktiengesellschaft aktieselskab amba andelsselskab
    andelsselskabet anpartsselskab aps as asa asbl bt bv bvba cie co company compagnie companhia
    compania coop corp corporation cv cvba dd doo dooel ead eeig eesv eg eood epic ev fmba gesellschaft
    gie geie gmbh groep group groupe grupo gruppo hf holding inc jsc jsco kas kda kdd kft kg kgaa kkt
    kommanditgesellschaft ks lda limitada limited limted llc llp lp ltd ltda mbh msia nv nyrt og ohg oo ood
    osuuskunta ou oy oyj plc plk pte rt sa sal sas sasu sarl sau sca sce scop scpa scrl se sem sia sicaf
    ska sl sll slu snc soc sociedad sociedade societa societatea societe spa spk spj spl spol spolka
    sprl spzoo srl sro ste tov uab ute vof vos vzw yhtio zoo zrt
    """.split()
)
# How words of an institution, a public body or an association begin (long ones may stand inside a compound).
_INSTITUTIONS = tuple(
    """
    academ afval agency andels anstalt association associazion asociac authority bank banque board chu
    college comun concell consorc consorz cooper council department ecole eigenbetrieb elektrociep elektrown
    executive fjernvarm forsyning foundation fundac fundaz gemeent gemeind gmina government hospit
    hopita institut instelling kaukolam klini kommun koop korperschaft kraftvarm krankenhaus lampo landkreis
    majesty mestska ministe ministry municip mutual national nemocnic nhs osakeyhtio podnik prison
    provinc raf regie region sairaal school siltum sjukhus spoldziel spolecnost stadtwerk stadt stichting
    stiftung syndicat szpital trust univers univerz uniwersyt varmeforsyning varmevaerk verband verbund
    verein ziekenhuis zweckverband
    """.split()
)
# How words of an industry begin: they vouch only beside a register number.
_INDUSTRIES = tuple(
    """
    acier aeroport airport belgium brasser brew brique brouwer building carton cement chaleur chauff chaux
    chemi chimi ciment compto construction electri elektri energ environn europe food france gas glass
    iberica industr international ireland laborator laiter manufact medical molker papel paper papet
    papier petrol pharma power product raffin refin services steel sucr sugar suiker systems technolog textil
    tobacco union utilit verre
    """.split()
)
# Marks of a business that is the person: registered sole traders.
_SOLE_TRADER = re.compile(
    r"\be\.? ?k\.?(?=\W|$)|\be\. ?kf[mr]\b|\be\.? ?u\.(?=\W|$)|\binh\.|\binhaber|\beenmanszaak|\beinzelunternehm"
    r"|\benskild (firma|naring)|\benkeltmand|\b(ditta|impresa) individuale|\bempresari[oa] individual"
    r"|\bentreprise individuelle|\bsole trader|\begyeni vallalkoz|\bosoba fizyczna|\bfyzicka osoba|\bosvc\b"
)
# Forms with dots inside a name: only behind a word, where no initials of a person stand.
_DOTTED = re.compile(
    r"(?<=\w{3})[ ,]+(s\.? ?p\.? ?a\.|s\.? ?r\.? ?l\.|sp\. ?z\.? ?o\.? ?o\.?|s\. ?r\. ?o\.|d\. ?o\. ?o\.|s\.a\.l?\.?|b\.v\.|a\. ?s\.|d\. ?d\.)(?= |$)"
)
# Numbers of registers that take companies or cooperatives only.
_COMPANY_NUMBERS = {
    "Germany": re.compile(r"\b(hrb|gnr)\s*\d|offentl"),
    "Spain": re.compile(r"^(es)?[abfgpqsujvwnr]-?\d{7}[\da-j]$"),
    "Sweden": re.compile(r"^\d\d[2-9]\d{3}-?\d{4}$"),
    "United Kingdom": re.compile(r"^(sc|ni|oc|so|br|fc|rc|ip)?\d{6,8}$"),
    "Poland": re.compile(r"^0000\d{6}$"),
}
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ß": "ss", "þ": "u"})


def form_of_holder(registry: str, name: str, number: str) -> tuple[Form, str]:
    """Tell the form of an account holder, and what the importer rests it on (empty where it does not vouch).

    >>> form_of_holder("Germany", "Muster Ziegel e.K.", "HRA 1")
    (<Form.PERSON_LIKE: 'person-like'>, '')
    >>> form_of_holder("Austria", "Muster Zucker GmbH", "FN 1 a")
    (<Form.ORGANISATION: 'organisation'>, 'its registered name shows the legal form gmbh')
    >>> form_of_holder("Netherlands", "A.G. van der Muster", "12345678")
    (<Form.UNKNOWN: 'unknown'>, '')
    """
    plain = _plain(name)
    if _SOLE_TRADER.search(plain):
        return Form.PERSON_LIKE, ""
    why = _why(registry, plain, _plain(number))
    return (Form.ORGANISATION, why) if why else (Form.UNKNOWN, "")


def _why(registry: str, name: str, number: str) -> str:
    words = _words(name)
    forms = words & _FORMS
    if forms:
        return f"its registered name shows the legal form {max(forms, key=lambda w: (len(w), w))}"
    for start in _INSTITUTIONS:
        if any(w.startswith(start) or (len(start) > 5 and start in w) for w in words):
            return f"its registered name shows an institution: {start}"
    companies = _COMPANY_NUMBERS.get(registry)
    if companies and companies.search(number):
        return "its number is of a register that takes companies only"
    if re.search(r"\d{3}", number):
        if re.fullmatch(r"[^\W\d_]{4,}", name):
            return "it has a register number, and a name of one word is no person's"
        for start in _INDUSTRIES:
            if any(w.startswith(start) for w in words):
                return f"it has a register number, and its name speaks of an industry: {start}"
    return ""


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return (
        "".join(c for c in apart if not unicodedata.combining(c)).translate(_UNDECOMPOSED).strip()
    )


def _words(name: str) -> set[str]:
    """Give the words of a name, and forms written with dots or blanks where such a form can stand.

    Dotted letters count at the end of the name or before a bracket, comma or dash, and `A/S`, `I/S`, `S.C.`-like forms in front
    only with a slash: initials of a person stand before a surname.
    """
    words = set(re.findall(r"\w{2,}", name))
    if re.search(r"\b[ai]/s\b|\bs\.i\.a\b", name):
        words.add("as")
    words |= {re.sub(r"[. ]", "", form) for form in _DOTTED.findall(name)}
    for part in re.split(r"[,;()\[\]–—\"„“”']| - |- | -", name):
        words |= _ending(part)
    return words


def _ending(part: str) -> set[str]:
    """Give the joined endings of a part whose last words are short: `s. r. o.` -> sro, ro; `sp. z o.o.` -> spzoo, zoo."""
    tail = re.findall(r"\w+", part)[-5:]
    ends = set()
    joined = ""
    for word in reversed(tail):
        if len(word) > 4:
            break
        joined = word + joined
        ends.add(joined)
    return ends
