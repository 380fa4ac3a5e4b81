"""The row of `security/insecure-code`, with what to do and what to ask about each of bandit's codes."""

from judgegate.model.levels import Severity
from judgegate.model.rules import RulePage, RuleSpec

REMEDIES = {
    "B101": "Raise an exception: assertions vanish under `python -O`.",
    "B102": "Call the function that you mean instead of executing text.",
    "B103": "Give the file the narrowest mode that works, such as 0o600 or 0o640.",
    "B104": "Bind to the one address that must be reachable, and read it from the configuration.",
    "B105": "Read the secret from the environment or a secret store, and revoke the one that was written down.",
    "B106": "Pass a secret that was read from the environment or a secret store, and revoke the one that was written down.",
    "B107": "Make the parameter required, or default it to None, and revoke the secret that was written down.",
    "B108": "Use `tempfile.mkstemp` or `tempfile.TemporaryDirectory` instead of a path that others can guess.",
    "B110": "Catch the one exception that you expect, and log it or let it go up.",
    "B112": "Catch the one exception that you expect, and say what was skipped.",
    "B113": "Pass `timeout=`: without one a silent server blocks for ever.",
    "B201": "Take `debug=True` out: the debugger lets anybody run code.",
    "B202": "Pass `filter='data'` to `extractall`, or check every member's path first.",
    "B301": "Read data from others as JSON; unpickling runs what the sender chose.",
    "B302": "Read data from others as JSON; `marshal` trusts what it reads.",
    "B303": "Use SHA-256 or better.",
    "B304": "Use AES-GCM or ChaCha20-Poly1305.",
    "B305": "Use an authenticated mode such as GCM.",
    "B306": "Use `tempfile.mkstemp`, which creates the file as it names it.",
    "B307": "Use `ast.literal_eval` for data; for choices, a dictionary of functions.",
    "B308": "Build the markup with `format_html`, which escapes its arguments.",
    "B310": "Check that the URL starts with `https://` before it is opened: `file:` works too.",
    "B311": "Use the `secrets` module where it matters that nobody can guess.",
    "B312": "Use SSH.",
    "B313": "Parse XML from others with defusedxml.",
    "B314": "Parse XML from others with defusedxml.",
    "B318": "Parse XML from others with defusedxml.",
    "B319": "Parse XML from others with defusedxml.",
    "B321": "Use SFTP or HTTPS.",
    "B323": "Use `ssl.create_default_context()`, which verifies.",
    "B324": "Use SHA-256 or better, or say `usedforsecurity=False` where it is a mere checksum.",
    "B403": "Read data from others as JSON; unpickling runs what the sender chose.",
    "B404": "Fine if every call passes a list, and no part of it comes from outside unchecked.",
    "B405": "Parse XML from others with defusedxml.",
    "B406": "Parse XML from others with defusedxml.",
    "B408": "Parse XML from others with defusedxml.",
    "B413": "Use the `cryptography` package; pycrypto is unmaintained.",
    "B501": "Leave verification on; for a private authority pass its certificate as `verify=`.",
    "B502": "Use `ssl.create_default_context()` and let it choose the protocol.",
    "B503": "Let the default be a current protocol, or none.",
    "B504": "Use `ssl.create_default_context()` and let it choose the protocol.",
    "B505": "Use at least 2048 bits for RSA and DSA, 224 for elliptic curves.",
    "B506": "Use `yaml.safe_load`.",
    "B507": "Load the known hosts and reject the others with `RejectPolicy`.",
    "B601": "Quote every argument with `shlex.quote`, or copy a fixed script and run that.",
    "B602": "Pass a list of arguments and leave `shell=True` out.",
    "B603": "Check that no argument from outside can be taken for an option or another program.",
    "B604": "Pass a list of arguments and leave `shell=True` out.",
    "B605": "Use `subprocess.run` with a list of arguments.",
    "B606": "Use `subprocess.run` with a list of arguments, and check what comes from outside.",
    "B607": "Start the program by its full path, or make sure that PATH is yours.",
    "B608": "Pass the values as parameters of the query; choose names of tables from a fixed list.",
    "B609": "Expand the wildcard with `glob` and put `--` before the names.",
    "B610": "Use the query language of the ORM, or pass the values as parameters.",
    "B611": "Pass the values as parameters of the raw query.",
    "B612": "Take the listener out, or verify what it receives with `verify=`.",
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
    ("Can an argument from outside be taken for an option, or for another program?", "B603 B606 B607"),
    ("Which values reach this query from outside, and why are they not parameters?", "B608 B610 B611"),
    ("Who can put data there? Whoever can, runs code here.", "B301 B302 B506 B612"),
    ("Why is the other side not verified, and who sits in between?", "B323 B501 B502 B503 B504 B507"),
    ("Is this secret real? Then it must be revoked: history keeps it.", "B105 B106 B107"),
    ("Does anything rely on this being hard to forge?", "B303 B324"),
    ("What does this protect, and from whom? Would the current standard do as well?", "B304 B305 B413 B505"),
    ("Who else can write there, and what if the path exists already?", "B108 B306"),
    ("Who needs to read or write this besides its owner?", "B103"),
    ("Where does the text come from, and why must it be run rather than looked up?", "B102 B307"),
    (
        "Who wrote this XML? A hostile one can read files or exhaust memory.",
        "B313 B314 B315 B316 B317 B318 B319 B320 B405 B406 B407 B408 B409 B410",
    ),
    ("Can this reach production? The debugger runs code for whoever asks.", "B201"),
    ("Who can connect to this, and who should?", "B104 B415"),
    ("What happens when the other side never answers?", "B113"),
    ("Which error is expected here, and who learns of the others?", "B110 B112"),
    ("Can any part of this markup come from a user?", "B308 B701 B702 B703 B704"),
    ("Would it matter if somebody guessed this value?", "B311"),
    ("What happens under `python -O`, where this line does not exist?", "B101"),
    ("Can an outsider choose this URL, `file:` included?", "B310"),
    ("Who can read along on the way?", "B312 B321 B401 B402 B411 B412 B508 B509"),
    ("What is it used for here, and does outside data reach it?", "B403 B404"),
    ("Can a path in the archive lead out of the folder?", "B202"),
    ("What does this line do when it is read as the machine reads it?", "B613"),
    ("Who publishes this file, and what keeps it from changing tomorrow?", "B614 B615"),
)
QUESTIONS = {code: question for question, codes in _QUESTIONS for code in codes.split()}
"""What to ask a reviewer about a finding, by bandit's code: one question for all codes of a sort."""


INSECURE_CODE = RuleSpec(
    id="security/insecure-code",
    summary="Code that bandit knows as a way in for an attacker.",
    severity=Severity.MEDIUM,
    remedy="Use the safe form that bandit's documentation names for this code, or explain in the review why this place is safe.",
    question="What of this can an outsider reach?",
    remedies=REMEDIES,
    questions=QUESTIONS,
    page=RulePage(
        what=(
            "Runs every test of bandit over each Python file: shells and injected commands, SQL built from text, unpickling and unsafe "
            "YAML, weak hashes and ciphers, switched-off certificate checks, passwords that are written down, temporary files that others "
            "can guess, XML parsers that trust their input, hidden text direction. Each finding carries bandit's code (`B602`), severity "
            "and confidence.\n\n"
            "Comments that tell bandit to look away (`# nosec`) and bandit's configuration files in the change are not obeyed. Where a "
            "literal secret was found, neither it nor any other literal of its statement is shown or published."
        ),
        why=(
            "These are the faults that a deadline excuses and an attacker finds. A language model has read thousands of examples with "
            "`shell=True` and `verify=False`, and repeats them in good faith."
        ),
        mend=(
            "The remedy beside each finding names the safe form. Bandit looks at the shape of code, not at where its data comes from, so a "
            "finding can be harmless; then a reviewer should hear why, or a waiver should say it."
        ),
        tune=(
            "Cases can tell apart by `severity`, `confidence` and `code`: block what is high, review the rest, leave `B101` out under "
            "`tests/`."
        ),
        before='subprocess.run(f"convert {name} out.png", shell=True)\n',
        after='subprocess.run(["convert", "--", name, "out.png"], check=True)\n',
    ),
)
