//! One award in full: `awards/{id}/`. Beside what is obligated it names what all options together would come to.

use serde_json::Value;

use super::{Award, postal, text};

/// The award of a detail; nothing without an id.
pub(super) fn award(answer: &Value) -> Option<Award<'_>> {
    let agency = |tier| answer.pointer(&format!("/awarding_agency/{tier}/name")).and_then(Value::as_str);
    let recipient = answer.get("recipient").unwrap_or(&Value::Null);
    let contract = answer.get("latest_transaction_contract_data").unwrap_or(&Value::Null);
    let period = answer.get("period_of_performance").unwrap_or(&Value::Null);
    Some(Award {
        id: text(answer, "generated_unique_award_id")?,
        piid: text(answer, "piid").or_else(|| text(answer, "fain")),
        description: text(answer, "description"),
        obligated: answer.get("total_obligation"),
        ceiling: answer.get("base_and_all_options").filter(|value| !value.is_null()),
        signed_on: text(answer, "date_signed"),
        starts_on: text(period, "start_date"),
        modified_on: text(period, "last_modified_date"),
        agency: agency("toptier_agency"),
        sub_agency: agency("subtier_agency"),
        recipient: text(recipient, "recipient_name"),
        uei: text(recipient, "recipient_uei"),
        address: recipient.get("location").and_then(postal),
        product: product(contract),
    })
}

fn product(contract: &Value) -> Option<String> {
    let code = text(contract, "product_or_service_code")?;
    let description = text(contract, "product_or_service_description");
    Some([Some(code), description].into_iter().flatten().collect::<Vec<_>>().join(" "))
}
