#!/bin/sh
# 在没有网络的电脑上安装 ledger：sh install.sh，详见说明.txt。
# Only finds a Python; install.py does the rest.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
if [ -n "${PYTHON:-}" ]; then
  ! "$PYTHON" -c "$fits" 2>/dev/null || exec "$PYTHON" -B "$here/install.py" "$@"
else
  for python in python3 python3.13 python3.12 python3.11; do
    ! "$python" -c "$fits" 2>/dev/null || exec "$python" -B "$here/install.py" "$@"
  done
fi
old=$("${PYTHON:-python3}" --version 2>/dev/null || :)
if [ -n "$old" ]; then
  echo "这台电脑上的 $old 不能用，要 Python 3.11 到 3.13。请先装好其中一个；装在别处的，写明在哪里再运行：PYTHON=/路径/python3.12 sh install.sh" >&2
else
  echo "这台电脑上没有找到 Python。请先装好 Python 3.11 到 3.13 中的一个；装在别处的，写明在哪里再运行：PYTHON=/路径/python3.12 sh install.sh" >&2
fi
exit 1
