#!/usr/bin/env bash
# Unpacks Debian's syslog-ng into a folder, without installing it: the package would remove rsyslog.
# Usage: fetch_syslog_ng.sh FOLDER. Prints the program's path; FOLDER/lib.env sets its library path.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
program=$folder/root/usr/sbin/syslog-ng

unpack() {
    (cd "$folder" && apt-get download -o APT::Sandbox::User=root "$@" >/dev/null)
    for package in "$folder"/*.deb; do
        dpkg -x "$package" "$folder/root"
        rm "$package"
    done
}

library_path() {
    echo "$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu:$folder/root/usr/lib/syslog-ng"
}

missing_libraries() {
    LD_LIBRARY_PATH=$(library_path) ldd "$program" "$folder"/root/usr/lib/syslog-ng/*/*.so 2>/dev/null |
        awk '/not found/ {print $1}' | sort -u
}

[ -x "$program" ] || unpack syslog-ng-core
# A library is in the package that the core depends on; its name need not be the library's.
if [ -n "$(missing_libraries)" ]; then
    packages=$(apt-cache depends syslog-ng-core | awk '/ Depends: [a-z]/ {print $2}')
    for package in $packages; do
        dpkg -s "$package" >/dev/null 2>&1 || unpack "$package"
    done
fi
LD_LIBRARY_PATH=$(library_path) "$program" --version >/dev/null
echo "LD_LIBRARY_PATH=$(library_path)" > "$folder/lib.env"
echo "$program"
