"""The package: what it needs to run, what its extras bring, and what the index shows of it.

What the benchmarks compare with stands in `benchmarks/requirements-peers.txt`, for a virtualenv
of its own.
"""

import re
from pathlib import Path

from setuptools import find_packages, setup

VERSION = re.search(
    r'__version__ = "(.+)"', Path("provider_assets/__init__.py").read_text(encoding="utf-8")
)[1]

REPOSITORY = "https://github.com/provider-assets/provider-assets"
SOURCE = f"{REPOSITORY}/blob/v{VERSION}"

RUNTIME = [
    "dagster>=1.13,<1.14",
    "pandas>=3,<4",
    "pyarrow>=21",
    "openpyxl>=3.1",
    "defusedxml>=0.7",
    "python-calamine>=0.9",
    "fastexcel>=0.21",
    "xlrd>=2.0.2",
    "olefile>=0.47",
    "msoffcrypto-tool>=5.4",
    "xlsxwriter>=3.2",
    "sqlalchemy>=2.0",
    "alembic>=1.14",
    "pymysql>=1.1",
    "cryptography>=44",
    "pydantic>=2.10",
    "python-dotenv>=1",
    "pyyaml>=6",
    "typer>=0.15",
    "rich>=13",
    "universal-pathlib>=0.2",
    "tenacity>=9",
    "rapidfuzz>=3",
    "nicknames>=1",
    "jinja2>=3.1",
    "pygal>=3.1",
    "apprise>=1.9",
    "prometheus-client>=0.21",
]

# each of these is for some who install the package, and no load needs it
UI = ["dagster-webserver>=1.13,<1.14"]
DEPLOY = [*UI, "dagster-mysql>=0.29,<0.30; python_version < '3.14'"]

# places that rosters come from, and where frames and archive may lie
SFTP = ["asyncssh[bcrypt]>=2.18"]
WORKERS = [*DEPLOY, "dagster-celery[redis]>=0.29,<0.30"]
S3 = ["s3fs>=2025.7", "botocore>=1.36"]

TEST = [
    *DEPLOY,
    *SFTP,
    *S3,
    *WORKERS[len(DEPLOY) :],
    "moto[server]>=5.1",
    "pytest>=8",
    "pytest-xdist>=3.6",
    "pytest-timeout>=2.3",
    "hypothesis>=6.120",
    "playwright>=1.50",
    "axe-playwright-python>=0.1.8",
    "xlwt>=1.3",
    "jsonschema>=4.20",
    "dagster-dg-cli>=1.13",
]

DEV = [
    *TEST,
    "ruff>=0.9",
    "mypy>=1.14",
    "mutmut>=3.8",
    "pandas-stubs>=3",
    "types-PyMySQL",
    "types-PyYAML",
    "types-openpyxl",
    "build>=1.2",
    "twine>=6",
    "pre-commit>=4",
    "sphinx>=8",
    "furo>=2025.7",
    "myst-parser>=4",
]


def described() -> str:
    """The README as the package index shows it: it has no files for a link to lead to."""
    readme = Path("README.md").read_text(encoding="utf-8")
    pictures = re.sub(
        r"(!\[[^\]]*\])\((?!https?:)", rf"\1({SOURCE.replace('blob', 'raw')}/", readme
    )
    return re.sub(r"(?<!!)(\[[^\]]*\])\((?!https?:|#)", rf"\1({SOURCE}/", pictures)


setup(
    name="provider-assets",
    version=VERSION,
    description="Provider rosters from hospitals, clean, in an application's MySQL table, "
    "with Dagster.",
    long_description=described(),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    author="The maintainers of provider_assets",
    url=REPOSITORY,
    project_urls={
        "Documentation": f"{SOURCE}/docs/index.md",
        "Changelog": f"{SOURCE}/CHANGELOG.md",
        "Issues": f"{REPOSITORY}/issues",
        "Security": f"{SOURCE}/SECURITY.md",
    },
    keywords=["dagster", "healthcare", "mysql", "npi", "provider roster", "spreadsheet"],
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Environment :: Web Environment",
        "Intended Audience :: Developers",
        "Intended Audience :: Healthcare Industry",
        "Operating System :: MacOS",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Programming Language :: Python :: 3.14",
        "Topic :: Database",
        "Topic :: Scientific/Engineering :: Medical Science Apps.",
        "Typing :: Typed",
    ],
    python_requires=">=3.11",
    packages=find_packages(include=["provider_assets", "provider_assets.*"]),
    package_data={
        "provider_assets": [
            "__init__.pyi",
            "dagster.yaml",
            "example_rosters/*.xlsx",
            "layouts/*.yaml",
            "py.typed",
        ],
        "provider_assets.reports": ["templates/*"],
    },
    install_requires=RUNTIME,
    extras_require={
        "ui": UI,
        "deploy": DEPLOY,
        "sftp": SFTP,
        "s3": S3,
        "workers": WORKERS,
        "test": TEST,
        "dev": DEV,
    },
    entry_points={
        "console_scripts": ["provider-assets = provider_assets.__main__:run"],
        "dagster_dg_cli.registry_modules": ["provider_assets = provider_assets"],
    },
)
