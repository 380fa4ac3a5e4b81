#!/usr/bin/env bash
# Put judgegate beside what it needs into an environment of its own, and let it judge.
#
# The checkout takes no part in this: Python runs isolated (-I), from the runner's temporary directory, and knows only the
# environment made here, whose packages are those of requirements.lock and no others.
set -euo pipefail

home="$(cd -- "${JUDGEGATE_ACTION_PATH:?}" && pwd -P)"
temporary="${RUNNER_TEMP:?}"
cd -- "$temporary"
environment="$(mktemp -d "$temporary/judgegate-python.XXXXXX")"
trap 'rm -rf -- "$environment"' EXIT

"${JUDGEGATE_PYTHON:?}" -I -m venv --without-pip "$environment"
"$JUDGEGATE_PYTHON" -I -m pip --python "$environment/bin/python" install --quiet --no-input --disable-pip-version-check \
  --no-compile --no-deps --only-binary :all: --require-hashes --requirement "$home/action/requirements.lock"
packages="$("$environment/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
printf '%s\n' "$home/src" > "$packages/judgegate.pth"

# A shell passes no signal on, and a job that is cancelled must still say that it judged nothing.
"$environment/bin/python" -I -m judgegate github &
judging=$!
trap 'kill -TERM "$judging" 2> /dev/null || true' INT TERM
status=0
wait "$judging" || status=$?
# The signal ended the wait, and not the process.
while kill -0 "$judging" 2> /dev/null; do
  status=0
  wait "$judging" || status=$?
done
exit "$status"
