"""The row of `security/insecure-code`, with what to do and what to ask about each of bandit's codes."""

from judgegate.checks.check_types import Named, Scan
from judgegate.model.levels import Severity
from judgegate.model.rules import RuleSpec

REMEDIES = {
    "B101": "Raise an exception: `python -O` removes assertions.",
    "B102": "Call the function that you mean instead of executing text.",
    "B103": "Give the file the narrowest mode that works, such as 0o600 or 0o640.",
    "B104": "Bind only to the address that must be reachable, and read it from the configuration.",
    "B105": "Read the secret from the environment or a secret store, and revoke the one in the code.",
    "B106": (
        "Pass a secret that was read from the environment or a secret store, and revoke the one in the code."
    ),
    "B107": "Make the parameter required, or default it to None, and revoke the secret in the code.",
    "B108": (
        "Use `tempfile.mkstemp` or `tempfile.TemporaryDirectory` "
        "instead of a path that others can guess."
    ),
    "B110": "Catch only the exception that you expect, and log it or let it propagate.",
    "B112": "Catch only the exception that you expect, and log what was skipped.",
    "B113": "Pass `timeout=`: without it the call can wait forever for a server that does not answer.",
    "B201": "Remove `debug=True`: the debugger lets anyone run code.",
    "B202": "Pass `filter='data'` to `extractall`, or check every member's path first.",
    "B301": "Read data from others as JSON; unpickling can run code that the sender chose.",
    "B302": "Read data from others as JSON; `marshal` trusts what it reads.",
    "B303": "Use SHA-256 or better.",
    "B304": "Use AES-GCM or ChaCha20-Poly1305.",
    "B305": "Use an authenticated mode such as GCM.",
    "B306": "Use `tempfile.mkstemp`, which chooses the name and creates the file in one step.",
    "B307": "Use `ast.literal_eval` for data; for choices, a dictionary of functions.",
    "B308": "Build the markup with `format_html`, which escapes its arguments.",
    "B310": "Check that the URL starts with `https://` before it is opened: `file:` works too.",
    "B311": "Use the `secrets` module for values that no one must be able to guess.",
    "B312": "Use SSH.",
    "B313": "Parse XML from others with defusedxml.",
    "B314": "Parse XML from others with defusedxml.",
    "B318": "Parse XML from others with defusedxml.",
    "B319": "Parse XML from others with defusedxml.",
    "B321": "Use SFTP or HTTPS.",
    "B323": "Use `ssl.create_default_context()`, which verifies certificates.",
    "B324": "Use SHA-256 or better, or pass `usedforsecurity=False` if it is only a checksum.",
    "B403": "Read data from others as JSON; unpickling can run code that the sender chose.",
    "B404": (
        "This is fine if every call passes a list, and every part of it that comes from outside is checked."
    ),
    "B405": "Parse XML from others with defusedxml.",
    "B406": "Parse XML from others with defusedxml.",
    "B408": "Parse XML from others with defusedxml.",
    "B413": "Use the `cryptography` package; pycrypto is unmaintained.",
    "B501": "Leave verification on; for a private certificate authority pass its certificate as `verify=`.",
    "B502": "Use `ssl.create_default_context()` and let it choose the protocol.",
    "B503": "Use a current protocol as the default, or no default.",
    "B504": "Use `ssl.create_default_context()` and let it choose the protocol.",
    "B505": "Use at least 2048 bits for RSA and DSA, 224 for elliptic curves.",
    "B506": "Use `yaml.safe_load`.",
    "B507": "Load the known hosts and reject the others with `RejectPolicy`.",
    "B601": "Quote every argument with `shlex.quote`, or copy a fixed script and run that.",
    "B602": "Pass a list of arguments and remove `shell=True`.",
    "B603": "Check that no argument from outside can be read as an option or start another program.",
    "B604": "Pass a list of arguments and remove `shell=True`.",
    "B605": "Use `subprocess.run` with a list of arguments.",
    "B606": "Use `subprocess.run` with a list of arguments, and check what comes from outside.",
    "B607": "Start the program by its full path, or make sure that no one else can change PATH.",
    "B608": "Pass the values as parameters of the query; choose table names from a fixed list.",
    "B609": "Expand the wildcard with `glob` and put `--` before the names.",
    "B610": "Use the query language of the ORM, or pass the values as parameters.",
    "B611": "Pass the values as parameters of the raw query.",
    "B612": "Remove the listener, or verify what it receives with `verify=`.",
    "B613": "Remove the control character: it makes code read differently from what runs.",
    "B614": "Load with `weights_only=True`, or from safetensors.",
    "B615": "Pin `revision=` to a commit.",
    "B701": "Pass `autoescape=True` or `select_autoescape()`.",
    "B702": "Pass `default_filters=['h']`, or use a template language that escapes by default.",
    "B703": "Build the markup with `format_html`, which escapes its arguments.",
    "B704": "Build the markup with `Markup.format`, which escapes its arguments.",
}


_QUESTIONS: tuple[tuple[str, str], ...] = (
    (
        "Where does each part of the command come from, and can an outsider reach it?",
        "B601 B602 B604 B605 B609",
    ),
    (
        "Can an argument from outside be read as an option, or start another program?",
        "B603 B606 B607",
    ),
    (
        "Which values reach this query from outside, and why are they not parameters?",
        "B608 B610 B611",
    ),
    (
        "Who can put data there? Everyone who can do that can run code here.",
        "B301 B302 B506 B612",
    ),
    (
        "Why is the other side not verified, and who could intercept the connection?",
        "B323 B501 B502 B503 B504 B507",
    ),
    (
        "Is this secret real? Then it must be revoked, because it stays in the history.",
        "B105 B106 B107",
    ),
    ("Does anything rely on this being hard to forge?", "B303 B324"),
    (
        "What does this protect, and from whom? Would the current standard do as well?",
        "B304 B305 B413 B505",
    ),
    ("Who else can write there, and what if the path exists already?", "B108 B306"),
    ("Who needs to read or write this besides its owner?", "B103"),
    (
        "Where does the text come from, and why must it be run instead of looked up?",
        "B102 B307",
    ),
    (
        "Who wrote this XML? Hostile XML can read files or exhaust memory.",
        "B313 B314 B315 B316 B317 B318 B319 B320 B405 B406 B407 B408 B409 B410",
    ),
    ("Can this reach production? The debugger runs code for anyone who asks.", "B201"),
    ("Who can connect to this, and who should?", "B104 B415"),
    ("What happens when the other side never answers?", "B113"),
    ("Which error is expected here, and who notices the others?", "B110 B112"),
    ("Can any part of this markup come from a user?", "B308 B701 B702 B703 B704"),
    ("Would it matter if someone guessed this value?", "B311"),
    ("What happens under `python -O`, where this line does not exist?", "B101"),
    ("Can an outsider choose this URL, `file:` included?", "B310"),
    ("Who can read the data while it is sent?", "B312 B321 B401 B402 B411 B412 B508 B509"),
    ("What is it used for here, and does outside data reach it?", "B403 B404"),
    ("Can a path in the archive lead out of the folder?", "B202"),
    ("What does this line really do when the machine reads it?", "B613"),
    ("Who publishes this file, and what prevents it from changing tomorrow?", "B614 B615"),
)
QUESTIONS = {code: question for question, codes in _QUESTIONS for code in codes.split()}
"""What to ask a reviewer about a finding, by bandit's code: one question for all codes of a sort."""


INSECURE_CODE = RuleSpec(
    id="security/insecure-code",
    summary="Code that bandit reports as a possible vulnerability.",
    severity=Severity.MEDIUM,
    remedy=(
        "Use the safe form that bandit's documentation names for this code, "
        "or explain in the review why this place is safe."
    ),
    question="What of this can an outsider reach?",
    remedies=REMEDIES,
    questions=QUESTIONS,
)

CHECK = Scan(
    name="bandit",
    rules=(INSECURE_CODE.id,),
    languages=("python",),
    run=Named("judgegate.checks.insecure_code.scan:scan_insecure_code"),
    prepare=Named("judgegate.checks.insecure_code.scan:prepare"),
)
