"""psdiff-zbx: metadata.  The settings of the tools are in pyproject.toml."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (HERE / "psdiff_zbx/__init__.py").read_text())

setup(
    name="psdiff-zbx",
    version=VERSION[1],
    description="Process-baseline monitor for Zabbix: one exact line per missing or extra process",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    packages=find_packages(include=["psdiff_zbx", "psdiff_zbx.*"]),
    package_data={
        "psdiff_zbx": ["py.typed"],
        "psdiff_zbx.cli.share": ["psdiff-zbx.*"],
        "psdiff_zbx.core.rules": ["shipped.toml"],
    },
    python_requires=">=3.9",
    install_requires=["psutil>=5.6", "tomli>=1.1; python_version < '3.11'"],
    extras_require={
        "api": ["pyzabbix>=1.3"],
        "test": [
            "hypothesis>=6",
            "pytest>=7.4,<9",
            "pytest-cov>=5",
            "pytest-xdist>=3.5",
            "tomli>=1.1",
        ],
        "check": ["import-linter>=2", "mypy>=1.19,<2", "ruff>=0.6"],
    },
    entry_points={"console_scripts": ["psdiff-zbx=psdiff_zbx.cli.main:run"]},
    scripts=["launchers/psdiff-zbx-agent2"],  # an entry point would need the modules to start
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Environment :: Console",
        "Intended Audience :: System Administrators",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.9",
        "Programming Language :: Python :: 3.13",
        "Topic :: System :: Monitoring",
    ],
)
