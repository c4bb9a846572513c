//! A spreadsheet as small as one can be: a ZIP file whose members are stored as they are, one sheet of texts and numbers.

/// A cell: a text, a number as it is written, or a day as spreadsheets count them.
pub(crate) enum Cell {
    Text(&'static str),
    Number(&'static str),
    Day(u32),
}

/// The bytes of an XLSX with these rows.
pub(crate) fn xlsx(rows: &[Vec<Cell>]) -> Vec<u8> {
    let cells = |row: &Vec<Cell>, number: usize| -> String {
        let cell = |(place, cell): (usize, &Cell)| {
            let at = format!("{}{number}", char::from(b'A' + u8::try_from(place).unwrap()));
            match cell {
                Cell::Text(text) => format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
                Cell::Number(number) => format!("<c r=\"{at}\"><v>{number}</v></c>"),
                Cell::Day(day) => format!("<c r=\"{at}\" s=\"1\"><v>{day}</v></c>"),
            }
        };
        row.iter().enumerate().map(cell).collect()
    };
    let rows: String = (1..)
        .zip(rows)
        .map(|(number, row)| format!("<row r=\"{number}\">{}</row>", cells(row, number)))
        .collect::<Vec<_>>()
        .concat();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let members = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"清单\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"s\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"t\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
    ];
    zip(&members.map(|(name, text)| (name, text.into_bytes())))
}

/// A ZIP file of stored members.
fn zip(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut file, mut contents) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let size = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let offset = u32::try_from(file.len()).unwrap().to_le_bytes();
        // Version 20, no flags, stored, no time.
        let shared =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc.sum().to_le_bytes(), &size, &size, &length, &[0, 0]].concat();
        file.extend([&b"PK\x03\x04"[..], &shared, name.as_bytes(), bytes].concat());
        contents.extend([&b"PK\x01\x02\x14\0"[..], &shared, &[0; 10], &offset, name.as_bytes()].concat());
    }
    let (at, length) = (u32::try_from(file.len()).unwrap(), u32::try_from(contents.len()).unwrap());
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    file.extend(contents);
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &length.to_le_bytes(), &at.to_le_bytes(), &[0, 0]].concat();
    file.extend(end);
    file
}
