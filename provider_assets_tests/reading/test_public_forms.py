"""Public forms of provider lists load without a layout of one's own; the rows are made up."""

from pathlib import Path

import pytest

from provider_assets_tests.reading.files import npi, read, rows_of, write_text

DOCS = (Path(__file__).parents[2] / "docs" / "layouts.md").read_text(encoding="utf-8")
PERSON = {"Last": "Quimby", "First": "Ada", "Middle": "R.", "NPI": npi(1), "Org": "Fernhollow LLC"}

# each form: header, and what stands below it (a key of PERSON, or a text)
FORMS = {
    "NPPES full file": {
        "NPI": "NPI", "Entity Type Code": "1", "Replacement NPI": "",
        "Employer Identification Number (EIN)": "<UNAVAIL>",
        "Provider Organization Name (Legal Business Name)": "Org",
        "Provider Last Name (Legal Name)": "Last", "Provider First Name": "First",
        "Provider Middle Name": "Middle", "Provider Name Prefix Text": "",
        "Provider Name Suffix Text": "", "Provider Credential Text": "MD",
        "Provider Other Organization Name": "", "Provider Other Last Name": "",
        "Provider Other First Name": "", "Provider Enumeration Date": "05/23/2005",
        "Last Update Date": "07/08/2020", "NPI Deactivation Reason Code": "",
        "NPI Deactivation Date": "", "NPI Reactivation Date": "",
        "Authorized Official Last Name": "", "Certification Date": "07/08/2020",
    },
    "PECOS public provider enrollment": {
        "NPI": "NPI", "MULTIPLE_NPI_FLAG": "N", "PECOS_ASCT_CNTL_ID": "1", "ENRLMT_ID": "I1",
        "PROVIDER_TYPE_CD": "14-11", "PROVIDER_TYPE_DESC": "PRACTITIONER - INTERNAL MEDICINE",
        "STATE_CD": "OH", "FIRST_NAME": "First", "MDL_NAME": "Middle", "LAST_NAME": "Last",
        "ORG_NAME": "Org",
    },
    "Medicare by provider": {
        "Rndrng_NPI": "NPI", "Rndrng_Prvdr_Last_Org_Name": "Last",
        "Rndrng_Prvdr_First_Name": "First", "Rndrng_Prvdr_MI": "Middle",
        "Rndrng_Prvdr_Crdntls": "MD", "Rndrng_Prvdr_Gndr": "F", "Rndrng_Prvdr_Ent_Cd": "I",
        "Rndrng_Prvdr_St1": "1 Main St", "Rndrng_Prvdr_City": "Dayton",
        "Rndrng_Prvdr_Type": "Internal Medicine", "Tot_Benes": "11",
    },
    "Part D by prescriber": {
        "PRSCRBR_NPI": "NPI", "Prscrbr_Last_Org_Name": "Last", "Prscrbr_First_Name": "First",
        "Prscrbr_MI": "Middle", "Prscrbr_Crdntls": "MD", "Prscrbr_Ent_Cd": "I",
        "Prscrbr_City": "Dayton", "Prscrbr_Type": "Internal Medicine", "Tot_Clms": "11",
    },
    "Physician Compare": {
        "NPI": "NPI", "PAC ID": "1", "Professional Enrollment ID": "I1", "Last Name": "Last",
        "First Name": "First", "Middle Name": "Middle", "Suffix": "", "Gender": "F",
        "Credential": "MD", "Primary specialty": "INTERNAL MEDICINE",
        "Organization legal name": "Org", "Group Practice PAC ID": "2",
        "Hospital affiliation LBN 1": "x",
    },
    "Doctors and Clinicians national file": {
        "NPI": "NPI", "Ind_PAC_ID": "1", "Ind_enrl_ID": "I1", "Provider Last Name": "Last",
        "Provider First Name": "First", "Provider Middle Name": "Middle", "suff": "", "gndr": "F",
        "Cred": "MD", "pri_spec": "INTERNAL MEDICINE", "Facility Name": "Org", "org_pac_id": "2",
        "Telehlth": "Y",
    },
    "Open Payments": {
        "Covered_Recipient_Type": "Covered Recipient Physician", "Covered_Recipient_NPI": "NPI",
        "Covered_Recipient_First_Name": "First", "Covered_Recipient_Middle_Name": "Middle",
        "Covered_Recipient_Last_Name": "Last", "Covered_Recipient_Name_Suffix": "",
        "Recipient_City": "Dayton", "Covered_Recipient_Specialty_1": "Internal Medicine",
    },
    "CAQH roster": {
        "Action": "A", "Provider Last Name": "Last", "Provider First Name": "First",
        "Provider Middle Name": "Middle", "Provider NPI": "NPI", "CAQH Provider ID": "1",
        "Provider Type": "MD", "Practice Name": "Org", "Practice State": "OH",
    },
    "Opt-out affidavits": {
        "First Name": "First", "Last Name": "Last", "NPI": "NPI", "Specialty": "Internal Medicine",
        "Optout Effective Date": "01/31/2012", "Optout End Date": "01/31/2014",
        "City Name": "Dayton", "Eligible to Order and Refer": "Y",
    },
    "Order and referring": {
        "NPI": "NPI", "LAST_NAME": "Last", "FIRST_NAME": "First", "PARTB": "Y", "DME": "Y",
    },
}  # fmt: skip
WITHOUT_ORGANIZATION = (
    "Medicare by provider", "Part D by prescriber", "Open Payments", "Opt-out affidavits",
    "Order and referring",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_public_form_loads_without_a_layout_of_ones_own(tmp_path, form):
    cells = FORMS[form]
    rows = [tuple(cells), tuple(PERSON.get(value, value) for value in cells.values())]
    frame = read(write_text(tmp_path / "form.csv", rows))
    practice = None if form in WITHOUT_ORGANIZATION else "Fernhollow LLC"
    assert frame.source.layout == "generic"
    assert rows_of(frame) == [(practice, "Ada", "Quimby", "Quimby, Ada", npi(1), 2)]
    assert list(frame.rows["terminated"]) == [False]


@pytest.mark.parametrize("form", FORMS)
def test_public_form_stands_on_the_page(form):
    assert f"| {form} |" in DOCS


def test_page_names_no_other_public_form():
    table = DOCS.partition("## Public forms")[2].partition("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert rows[1:] == list(FORMS)
