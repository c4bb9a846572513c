//! A row of `spending_by_award`. Fields that were not asked for are null; unknown ones are too, and nothing tells them apart.

use serde_json::Value;

use super::{Award, postal, text};

/// The award of a row; nothing without an id.
pub(super) fn award(row: &Value) -> Option<Award<'_>> {
    Some(Award {
        id: text(row, "generated_internal_id")?,
        piid: text(row, "Award ID"),
        description: text(row, "Description"),
        obligated: row.get("Award Amount"),
        ceiling: None,
        signed_on: text(row, "Base Obligation Date"),
        starts_on: text(row, "Start Date"),
        modified_on: text(row, "Last Modified Date"),
        agency: text(row, "Awarding Agency"),
        sub_agency: text(row, "Awarding Sub Agency"),
        recipient: text(row, "Recipient Name"),
        uei: text(row, "Recipient UEI"),
        address: row.get("Recipient Location").and_then(postal),
        product: ["PSC", "NAICS"].into_iter().find_map(|key| coded(row.get(key)?)),
    })
}

/// `{"code", "description"}` as `AR11 SPACE R&D SERVICES`.
fn coded(value: &Value) -> Option<String> {
    let code = text(value, "code")?;
    Some([Some(code), text(value, "description")].into_iter().flatten().collect::<Vec<_>>().join(" "))
}
