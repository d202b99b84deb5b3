@echo off
rem Only finds a Python; install.py does the rest.
chcp 65001 >nul
setlocal
for %%v in (3.13 3.12 3.11) do (
  py -%%v -c "" >nul 2>nul && (
    py -%%v -X utf8 -B "%~dp0install.py" %*
    exit /b
  )
)
python -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" >nul 2>nul && (
  python -X utf8 -B "%~dp0install.py" %*
  exit /b
)
echo 这台电脑上没有 Python 3.11 到 3.13。请先装好其中一个，再运行 install.cmd。
exit /b 1
