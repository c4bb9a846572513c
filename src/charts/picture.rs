//! A picture with few colours as a small PNG (w3.org/TR/png-3): every pixel is a number in a palette, and nothing is lost. A
//! chart has some two hundred colours, and so is less than half of what it would be in full colour.

use std::collections::BTreeMap;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use resvg::tiny_skia::Pixmap;

/// As many as a byte can number.
const COLOURS_MAX: usize = 256;

/// The picture, or nothing where it has too many colours.
pub(super) fn indexed(pixels: &Pixmap) -> Option<Vec<u8>> {
    let mut colours: BTreeMap<[u8; 4], u8> = BTreeMap::new();
    let seen: Vec<[u8; 4]> = pixels
        .pixels()
        .iter()
        .map(|pixel| {
            let colour = pixel.demultiply();
            [colour.alpha(), colour.red(), colour.green(), colour.blue()]
        })
        .collect();
    for colour in &seen {
        colours.insert(*colour, 0);
        if colours.len() > COLOURS_MAX {
            return None;
        }
    }
    for (number, (_, place)) in (0..=u8::MAX).zip(colours.iter_mut()) {
        *place = number;
    }
    let width = usize::try_from(pixels.width()).ok()?;
    let mut rows = Vec::with_capacity(seen.len() + seen.len() / width.max(1) + 1);
    for row in seen.chunks(width.max(1)) {
        // No filter: numbers of colours are no amounts.
        rows.push(0);
        rows.extend(row.iter().filter_map(|colour| colours.get(colour)));
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [pixels.width().to_be_bytes(), pixels.height().to_be_bytes()].concat();
    // Eight bits a pixel, by palette, the only ways of packing and filtering, rows from the top.
    header.extend([8, 3, 0, 0, 0]);
    chunk(&mut png, *b"IHDR", &header)?;
    let palette: Vec<u8> = colours.keys().flat_map(|[_, red, green, blue]| [*red, *green, *blue]).collect();
    chunk(&mut png, *b"PLTE", &palette)?;
    let alphas: Vec<u8> = colours.keys().map(|[alpha, ..]| *alpha).collect();
    chunk(&mut png, *b"tRNS", &alphas)?;
    chunk(&mut png, *b"IDAT", &packed(&rows)?)?;
    chunk(&mut png, *b"IEND", &[])?;
    Some(png)
}

/// Length, kind, data, and a checksum over the last two.
fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Option<()> {
    png.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
    let mut checksum = Crc::new();
    for part in [kind.as_slice(), data] {
        checksum.update(part);
        png.extend_from_slice(part);
    }
    png.extend(checksum.sum().to_be_bytes());
    Some(())
}

fn packed(rows: &[u8]) -> Option<Vec<u8>> {
    // What cannot be packed grows by some bytes a block.
    let mut packed = Vec::with_capacity(rows.len() + rows.len() / 1_000 + 1_024);
    let ended = Compress::new(Compression::best(), true).compress_vec(rows, &mut packed, FlushCompress::Finish).ok()?;
    (ended == Status::StreamEnd).then_some(packed)
}

#[cfg(test)]
mod tests {
    use resvg::tiny_skia::Color;

    use super::*;

    #[test]
    fn a_picture_is_read_back_pixel_by_pixel() {
        let mut pixels = Pixmap::new(13, 7).unwrap();
        pixels.fill(Color::from_rgba8(255, 255, 255, 255));
        for (place, pixel) in pixels.pixels_mut().iter_mut().enumerate() {
            let shade = u8::try_from(place * 2).unwrap();
            *pixel = Color::from_rgba8(shade, 100, 255 - shade, if place == 3 { 0 } else { 255 })
                .premultiply()
                .to_color_u8();
        }
        let png = indexed(&pixels).unwrap();
        assert_eq!(Pixmap::decode_png(&png).unwrap(), pixels);
    }

    #[test]
    fn too_many_colours_are_left_to_another_form() {
        let mut pixels = Pixmap::new(30, 30).unwrap();
        for (place, pixel) in pixels.pixels_mut().iter_mut().enumerate() {
            let (high, low) = (u8::try_from(place / 256).unwrap(), u8::try_from(place % 256).unwrap());
            *pixel = Color::from_rgba8(high, low, 0, 255).premultiply().to_color_u8();
        }
        assert_eq!(indexed(&pixels), None);
    }
}
