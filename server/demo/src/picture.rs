//! Photos that customers send, drawn by arithmetic: small PNGs as `data:` addresses.

const WIDTH: usize = 144;
const HEIGHT: usize = 96;

/// Red, green and blue of everything that is drawn.
const PALETTE: [[u8; 3]; 12] = [
    [196, 220, 236], // sky
    [222, 234, 240],
    [120, 140, 122], // hills
    [92, 112, 92],
    [108, 142, 78], // grass
    [88, 120, 64],
    [206, 116, 52], // tent
    [168, 88, 40],
    [64, 40, 28],    // the door, and lines
    [198, 200, 204], // metal
    [214, 66, 60],   // what is broken
    [36, 66, 104],   // sleeve
];

/// A tent on a meadow whose main pole has snapped.
pub fn snapped_pole() -> String {
    draw(|x, y| {
        let hill = 44.0 + 8.0 * (x / 23.0).sin() + 5.0 * (x / 9.0).cos();
        let middle = 76.0;
        let ridge = if x < middle { 34.0 + (middle - x) * 0.9 } else { 34.0 + (x - middle) * 0.95 };
        // The pole comes out of the ridge, bends, and ends in the air.
        let pole = if y > 18.0 { middle + (34.0 - y) * 0.25 } else { middle + 4.0 + (18.0 - y) * 1.9 };
        match () {
            () if (8.0..36.0).contains(&y) && (x - pole).abs() < 1.3 => {
                if (16.0..21.0).contains(&y) {
                    10
                } else {
                    9
                }
            }
            () if y > ridge && y < 84.0 && (x - middle).abs() < (y - 40.0) * 0.22 => 8,
            () if y > ridge && y < 84.0 && x < middle => 6,
            () if y > ridge && y < 84.0 => 7,
            () if y > 62.0 => {
                if (x * 0.7 + y * 1.9).sin() > 0.2 {
                    4
                } else {
                    5
                }
            }
            () if y > hill => {
                if (x + y) % 7.0 < 3.0 {
                    2
                } else {
                    3
                }
            }
            () => {
                if y < 20.0 + (x / 15.0).sin() * 6.0 {
                    0
                } else {
                    1
                }
            }
        }
    })
}

/// The sleeve of a jacket with a tear at the elbow.
pub fn torn_sleeve() -> String {
    draw(|x, y| {
        let (upper, lower) = (26.0 + (x / 40.0).powi(2), 70.0 + (x / 30.0).sin() * 4.0);
        let tear = 46.0 + (x / 4.0).sin() * 3.0;
        match () {
            () if (56.0..92.0).contains(&x) && (y - tear).abs() < 4.0 - (x - 74.0).abs() / 6.0 => 10,
            () if (56.0..92.0).contains(&x) && (y - tear).abs() < 5.5 - (x - 74.0).abs() / 6.0 => 8,
            () if y > upper && y < lower && x > 126.0 => 8,
            () if y > upper && y < lower => 11,
            () => {
                if (x * 0.5 + y).rem_euclid(16.0) < 8.0 {
                    1
                } else {
                    9
                }
            }
        }
    })
}

fn draw(color: impl Fn(f64, f64) -> u8) -> String {
    let mut lines = Vec::with_capacity(HEIGHT * (WIDTH / 2 + 1));
    for y in 0..HEIGHT {
        // Before each line stands how it is filtered: not at all. Two points share a byte.
        lines.push(0);
        lines.extend((0..WIDTH / 2).map(|pair| {
            let point = |x: usize| color(x as f64, y as f64) & 15;
            point(pair * 2) << 4 | point(pair * 2 + 1)
        }));
    }
    format!("data:image/png;base64,{}", base64(&png(&lines)))
}

/// A PNG with four bits for each point and the palette above.
fn png(lines: &[u8]) -> Vec<u8> {
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = |length: usize| u32::try_from(length).unwrap_or_default().to_be_bytes();
    let mut chunk = |kind: &[u8; 4], content: &[u8]| {
        image.extend(size(content.len()));
        let begin = image.len();
        image.extend(kind);
        image.extend(content);
        let sum = crc32(&image[begin..]);
        image.extend(sum.to_be_bytes());
    };
    let header = [size(WIDTH), size(HEIGHT)].concat();
    chunk(b"IHDR", &[header.as_slice(), &[4, 3, 0, 0, 0]].concat());
    chunk(b"PLTE", &PALETTE.concat());
    chunk(b"IDAT", &stored(lines));
    chunk(b"IEND", &[]);
    image
}

/// The zlib form of what is not compressed at all.
fn stored(content: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = content.chunks(usize::from(u16::MAX)).count();
    for (index, block) in content.chunks(usize::from(u16::MAX)).enumerate() {
        let length = u16::try_from(block.len()).unwrap_or_default();
        stream.push(u8::from(index + 1 == blocks));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (low, high) = content.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

fn base64(content: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(content.len().div_ceil(3) * 4);
    for bytes in content.chunks(3) {
        let all = (0..3).fold(0_usize, |all, place| all << 8 | usize::from(bytes.get(place).copied().unwrap_or_default()));
        for place in 0..4 {
            text.push(if place <= bytes.len() { char::from(DIGITS[all >> (18 - 6 * place) & 63]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_digits_are_those_of_the_standards() {
        assert_eq!(crc32(b"IEND"), 0xAE42_6082);
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(stored(b"Wikipedia")[16..], 0x11E6_0398_u32.to_be_bytes());
        assert_eq!(["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())), ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
    }

    #[test]
    fn pictures_are_small_and_unlike_each_other() {
        for picture in [snapped_pole(), torn_sleeve()] {
            assert!(picture.starts_with("data:image/png;base64,iVBORw0KGgo") && picture.len() < 12_000, "{}", picture.len());
        }
        assert_ne!(snapped_pole(), torn_sleeve());
    }
}
