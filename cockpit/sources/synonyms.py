"""What exports call the columns that we need: Dynamics, Salesforce, HubSpot, and German ones.

Names are written as `naming.own_name` gives them, the likeliest first. Columns that only sound right are
left out on purpose: a rating, a score or a second, raw probability is no probability.
"""

from collections.abc import Mapping, Sequence

Synonyms = Mapping[str, Sequence[str]]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ACCOUNT_ID = _names(
    "account_id accountid account_seq parentaccountid customerid customer_id associatedcompanyid company_id"
    " account_number kundennummer kunden_nr kunde_id firmen_id"
)
_ACCOUNT = _names(
    "account account_name parentaccountidname customeridname potential_customer customer customer_name"
    " company"
    " company_name associated_company kunde kundenname firma unternehmen"
)
_OWNER = _names(
    "owner owner_name opportunity_owner deal_owner account_owner owneridname full_name fullname seller"
    " sales_rep salesperson sales_person besitzer inhaber verkäufer vertriebsmitarbeiter zuständig"
)
_CURRENCY = _names("currency currency_iso_code deal_currency_code transactioncurrencyidname iso_code währung")
_TERRITORY = _names(
    "territory territory_name sales_territory territoryidname gebiet vertriebsgebiet verkaufsgebiet"
)
_MODIFIED = _names(
    "modified_date modified_on modifiedon last_modified_date last_modified system_modstamp"
    " hs_lastmodifieddate geändert_am änderungsdatum"
)

OPPORTUNITIES: Synonyms = {
    "opportunity_id": _names(
        "opportunity_id opportunityid opportunity_seq opportunity_number opportunity_no opp_id opp_number"
        " deal_id record_id hs_object_id verkaufschance_id verkaufschancen_id opportunity_nr"
        " verkaufschance_nr chance_id chance_nr chancen_nr id"
    ),
    "name": _names(
        "opportunity_name opportunity topic deal_name dealname name title verkaufschance bezeichnung thema"
    ),
    "account_id": _ACCOUNT_ID,
    "account": _ACCOUNT,
    "owner_id": _names("owner_id ownerid system_user_seq systemuserid hubspot_owner_id besitzer_id"),
    "owner": _OWNER,
    "manager": _names(
        "manager manager_name sales_manager owner_manager vorgesetzter manager_des_besitzers"
        " vertriebsleiter vertriebsleitung verkaufsleiter teamleiter führungskraft"
    ),
    "territory": _TERRITORY,
    "ou": _names("ou operating_unit business_unit owningbusinessunitname geschäftseinheit"),
    "segment": _names("segment customer_segment account_segment kundensegment"),
    "product": _names("product product_name product_code primary_product produkt produktname"),
    "type": _names("type opportunity_type deal_type dealtype msdyn_ordertype typ"),
    "stage": _names(
        "sales_stage stage stage_name opportunity_stage deal_stage dealstage stepname step_name"
        " pipeline_phase"
        " vertriebsphase verkaufsphase phase"
    ),
    "forecast_category": _names(
        "forecast_category forecast_category_name msdyn_forecastcategory hs_manual_forecast_category"
        " prognosekategorie"
    ),
    "amount": _names(
        "amount est_revenue estimated_revenue estimatedvalue estimated_value est_value value"
        " opportunity_value"
        " deal_amount amount_in_company_currency total_amount totalamount product_revenue revenue"
        " umsatz geschätzter_umsatz gesch_umsatz erwarteter_umsatz betrag wert auftragswert"
    ),
    "currency": _CURRENCY,
    "probability": _names(
        "probability closeprobability close_probability probability_percent deal_probability"
        " hs_deal_stage_probability wahrscheinlichkeit abschlusswahrscheinlichkeit"
    ),
    "created_date": _names(
        "created_date created_on createdon create_date createdate opportunity_created_on date_created created"
        " erstellt_am erstelldatum erstellungsdatum angelegt_am"
    ),
    "close_date": _names(
        "close_date est_close_date estimated_close_date estimatedclosedate expected_close_date closedate"
        " closing_date expected_close est_close close"
        " abschlussdatum geschätztes_abschlussdatum gesch_abschlussdatum voraussichtlicher_abschluss"
        " geplanter_abschluss abschluss_am abschluss"
    ),
    "closed_date": _names(
        "actual_close_date actualclosedate closed_date closed_on hs_closed_won_date"
        " tatsächliches_abschlussdatum"
    ),
    "stage_date": _names("last_stage_change_date stage_date stage_changed_on phase_seit"),
    "next_step": _names("next_step hs_next_step next_steps nächster_schritt"),
    "next_step_date": _names("next_step_date next_activity_date notes_next_activity_date"),
    "last_activity_date": _names("last_activity_date last_activity notes_last_updated letzte_aktivität"),
    "modified_date": _MODIFIED,
    "lost_reason": _names("lost_reason loss_reason closed_lost_reason reason_lost verlustgrund"),
    "agreement_id": _names("agreement_id agreement_number contract_number vertragsnummer"),
}
"""Columns of an opportunity export."""

STATUS = _names("status state statecode opportunity_status deal_status statecodename outcome ergebnis")
"""Columns that tell the outcome."""
OUTCOME_WORDS: Mapping[str, Sequence[str]] = {
    "won": _names("won closedwon gewonnen win"),
    "lost": (*_names("lost closedlost verloren canceled cancelled disqualified abgebrochen"), "out-sold"),
    "open": (
        *_names("open offen active aktiv inprogress onhold pipeline omitted"),
        "in bearbeitung",
        "in progress",
        "on hold",
    ),
}
"""Words that say what a status value means; "closed won" is found by its last word."""

AGREEMENTS: Synonyms = {
    "agreement_id": _names(
        "agreement_id agreement_number agreement contract_id contract_number vertrag_id vertragsnummer id"
    ),
    "account_id": _ACCOUNT_ID,
    "account": _ACCOUNT,
    "owner": _OWNER,
    "product": _names("product product_name product_code program produkt"),
    "expires_date": _names(
        "expires_date expiry_date expiration_date expires_on end_date enddate agreement_end contract_end_date"
        " activeenddate expires ablaufdatum vertragsende läuft_ab_am"
    ),
    "due_date": _names("due_date renewal_due_date renewal_date due fällig_am fälligkeit"),
    "base_amount": _names(
        "base_amount annual_value annual_amount contract_value agreement_value arr amount value revenue"
        " jahreswert vertragswert betrag"
    ),
    "currency": _CURRENCY,
    "renewed_date": _names("renewed_date renewed_on verlängert_am"),
    "renewed_amount": _names("renewed_amount renewal_amount renewed_value"),
    "renewed_agreement_id": _names("renewed_agreement_id new_agreement_id successor_id"),
    "extended_date": _names("extended_date extended_on"),
    "extended_to": _names("extended_to extension_end"),
    "submitted_date": _names("submitted_date submitted_on"),
    "contract_date": _names("contract_date contract_received signed_date signed_on"),
    "po_date": _names("po_date po_received purchase_order_date"),
    "terminated_date": _names("terminated_date terminated_on cancelled_on gekündigt_am"),
    "status": _names("status state agreement_status contract_status"),
    "opportunity_id": _names("opportunity_id opportunityid renewal_opportunity_id opportunity_seq"),
}
ACCOUNTS: Synonyms = {
    "account_id": (*_ACCOUNT_ID, "id"),
    "account": (*_ACCOUNT, "name"),
    "parent_id": _names("parent_id parent_account_id parentaccountid ultimate_parent_id"),
    "segment": _names("segment customer_segment account_segment kundensegment"),
    "territory": _TERRITORY,
    "country": _names("country country_region billing_country land"),
    "owner": _OWNER,
    "potential": _names("potential revenue_potential potenzial"),
    "install_base": _names("install_base installed_base"),
    "install_base_date": _names("install_base_date installed_base_date"),
}
QUOTA: Synonyms = {
    "assignee": _names(
        "assignee goal_owner goalownerid owner sales_rep seller salesperson business_entity_id person"
        " verkäufer"
    ),
    "territory": _TERRITORY,
    "measure": _names("measure metric goal_metric kennzahl"),
    "period": _names("period fiscal_period quarter fiscal_quarter periode quartal"),
    "valid_from": _names("valid_from start_date from_date goalstartdate quota_date gültig_ab beginn"),
    "valid_to": _names("valid_to end_date to_date goalenddate gültig_bis ende"),
    "amount": _names(
        "amount quota sales_quota target targetmoney target_amount quota_amount ziel zielwert betrag"
    ),
    "currency": _CURRENCY,
    "recorded_at": _names("recorded_at modified_date modifiedon"),
    "version": _names("version revision"),
    "status": _names("status state"),
    "reason": _names("reason grund"),
}
TABLE_SYNONYMS: Mapping[str, Synonyms] = {
    "opportunities": OPPORTUNITIES,
    "agreements": AGREEMENTS,
    "accounts": ACCOUNTS,
    "quota": QUOTA,
}
"""Synonyms of the tables that `propose` can be asked about."""
