"""What the changes of these tests contain."""

INJECTION = "import subprocess\n\n\ndef run(command):\n    return subprocess.run(command, shell=True)\n"
HARMLESS = "def double(number):\n    return 2 * number\n"
CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
TEAM = "version: 1\nrules:\n  security/insecure-code: {why: We care.}\n"
TRICKY = (
    "def f(a):\n"
    + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(20))
    + "    return a\n"
)
