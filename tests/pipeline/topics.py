"""What the changes are made of on which the caches are tried."""

SECRET = "hunter2hunter2"
BASE = "def double(number):\n    return 2 * number\n"
INJECTION = "import os\n\n\ndef run(word):\n    os.system(word)\n"
CODE = f'{BASE}\n\nPASSWORD = "{SECRET}"\n\n\ndef evaluate(word):\n    return eval(word)\n'
