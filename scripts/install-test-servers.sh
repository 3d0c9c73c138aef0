#!/bin/sh
# Install what the tests need beside Python: Dovecot (a real IMAP server), Chromium (the review desk) and
# Poppler (a third reader of our PDFs). Quick when all are there. Without the right to install it says so and goes
# on; in CI that is a failure.
set -u

missing=""
[ -x /usr/sbin/dovecot ] || missing="dovecot-imapd"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
[ -n "$missing" ] || { echo "test servers: Dovecot, Chromium and Poppler are installed"; exit 0; }

give_up() {
    echo "test servers: not installed ($1); missing: $missing"
    [ "${CI:-}" = "true" ] && exit 1
    exit 0
}

command -v apt-get >/dev/null 2>&1 || give_up "no apt-get here"
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    give_up "neither root nor sudo without a password"
fi

# Debian would start the packaged Dovecot; the tests start their own.
export DEBIAN_FRONTEND=noninteractive
{ $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 ||
    give_up "apt-get failed"
echo "test servers: installed $missing"
