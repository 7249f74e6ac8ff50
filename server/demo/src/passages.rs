//! The help pages which the assistant searches.

use super::scenarios::Topic;

/// A piece of a help page.
pub struct Passage {
    /// What it is about.
    pub topic: Topic,
    /// Where it is found.
    pub source: &'static str,
    /// The words.
    pub text: &'static str,
}

const fn passage(topic: Topic, source: &'static str, text: &'static str) -> Passage {
    Passage { topic, source, text }
}

/// All pieces.
pub static PASSAGES: &[Passage] = &[
    passage(
        Topic::Warranty,
        "help/warranty#length",
        "Every Fernway product has a warranty of two years from the day of delivery. Tents and packs bought by registered members have three.",
    ),
    passage(
        Topic::Warranty,
        "help/warranty#covered",
        "Covered: broken poles, torn seams, failing zips, delaminated fabric, burners that no longer light. Not covered: burns, teeth of any animal, and fabric faded by sun.",
    ),
    passage(
        Topic::Warranty,
        "help/warranty#claim",
        "To claim, send the order number and one photo. Spare parts leave the warehouse first; the broken part may follow within 30 days with the label in the parcel.",
    ),
    passage(
        Topic::Warranty,
        "help/warranty#abroad",
        "Claims from Switzerland and Norway go to the Basel address. Mark the parcel 'returned goods for repair' so that customs does not charge duty.",
    ),
    passage(
        Topic::Warranty,
        "help/repairs#turnaround",
        "Repairs take ten working days in spring and summer and five in winter. Customers with a booked trip may ask for a loan item in any shop.",
    ),
    passage(
        Topic::Returns,
        "help/returns#period",
        "Unused goods may come back within 60 days. Footwear may be worn indoors. A climbing rope cannot come back once the seal is open.",
    ),
    passage(
        Topic::Returns,
        "help/returns#refund",
        "The refund is issued within three working days after the return reaches the warehouse. The bank needs another two to five working days.",
    ),
    passage(
        Topic::Returns,
        "help/returns#exchange",
        "Exchanges of size or colour are free within 60 days. The new item is sent when the carrier scans the old one, not when it arrives.",
    ),
    passage(
        Topic::Returns,
        "help/returns#fees",
        "Return labels are free in the EU. From other countries the customer pays postage. Express fees are not refunded.",
    ),
    passage(
        Topic::Returns,
        "help/returns#used",
        "Used goods are looked at one by one. A boot that failed on the first walk is a warranty case, not a return.",
    ),
    passage(
        Topic::Shipping,
        "help/shipping#times",
        "Standard delivery takes two to four working days. Express parcels ordered before 12:00 arrive on the next working day; later ones on the day after.",
    ),
    passage(
        Topic::Shipping,
        "help/shipping#split",
        "Stoves and gas leave from the dangerous-goods store at Harwell and travel in a parcel of their own. There is no second delivery fee.",
    ),
    passage(
        Topic::Shipping,
        "help/shipping#missing",
        "When tracking says delivered and nothing is there: ask neighbours, wait one working day, then we open a search with the carrier. Searches end within eight working days.",
    ),
    passage(
        Topic::Shipping,
        "help/shipping#duties",
        "Duties are included for orders above 150 EUR to Switzerland, Norway and the United Kingdom. Below that, customs may charge the recipient.",
    ),
    passage(
        Topic::Shipping,
        "help/shipping#address",
        "The address can be changed until the parcel is packed. Afterwards only the carrier can redirect it, with the link in the dispatch e-mail.",
    ),
    passage(
        Topic::Shipping,
        "help/shipping#lithium",
        "Power banks above 100 Wh are not sent by air. Gas cartridges are sent to mainland addresses only.",
    ),
    passage(
        Topic::Payment,
        "help/payment#authorisation",
        "A second, pending amount is usually an authorisation. It falls away by itself within three to seven days and is never booked.",
    ),
    passage(
        Topic::Payment,
        "help/payment#codes",
        "One code per order. Codes do not apply to gift cards, to reduced goods, or after midnight on the last day (Central European Time).",
    ),
    passage(
        Topic::Payment,
        "help/payment#price-match",
        "The price in our shops and online may differ for stock reasons. We refund the difference on request within 14 days of the purchase.",
    ),
    passage(
        Topic::Payment,
        "help/payment#gift-cards",
        "Gift cards are valid for three years. If a card was used by somebody else, we block it and restore the balance after a check of two working days.",
    ),
    passage(
        Topic::Payment,
        "help/payment#invoice",
        "Invoices are in the account under Orders. A company name and a tax number can be added until 30 days after the purchase.",
    ),
    passage(
        Topic::Sizing,
        "help/sizing#boots",
        "Between two sizes take the larger one. Measure in the evening, with the socks you will wear. Ridge boots have a narrow heel and a wide toe box.",
    ),
    passage(
        Topic::Sizing,
        "help/sizing#packs",
        "Measure from the seventh vertebra to the top of the hip bone: under 44 cm is S, 44 to 50 cm is M, above is L. The Traverse yoke can be moved by 8 cm.",
    ),
    passage(
        Topic::Sizing,
        "help/sizing#jackets",
        "Shell jackets are cut to fit over a fleece. Sleeves are 2 cm longer than the usual chart. Tall sizes exist from M to XXL.",
    ),
    passage(
        Topic::Sizing,
        "help/sizing#harness",
        "A harness fits when two flat fingers go under the waist belt and the leg loops leave no mark. Children under 40 kg need a full-body harness.",
    ),
    passage(
        Topic::Product,
        "help/care#down",
        "Wash down in a front-loading machine at 30 degrees with a down detergent, then tumble dry low with two tennis balls for three hours. Washing at home does not affect the warranty.",
    ),
    passage(
        Topic::Product,
        "help/care#shells",
        "Wash shells at 30 degrees without softener. Twenty minutes of low tumble drying wake the water repellency. Re-proof when water no longer beads.",
    ),
    passage(
        Topic::Product,
        "help/safety#stoves",
        "Never use a stove inside a tent or under a closed awning. Carbon monoxide has no smell. If a valve leaks, close it, move into the open and do not light anything.",
    ),
    passage(
        Topic::Product,
        "help/materials#pfas",
        "All shells made since spring 2025 are free of PFAS. Older stock carries the earlier label; the label inside the garment is binding.",
    ),
    passage(
        Topic::Product,
        "help/materials#allergy",
        "Our slings and harnesses contain no latex. The elastic cord of chalk bags made before 2024 does.",
    ),
    passage(
        Topic::Product,
        "help/spares#poles",
        "Poles are listed by tent and year of make. The year is printed on the white label inside the inner tent, beside the door.",
    ),
    passage(
        Topic::Product,
        "help/tents#season",
        "Season ratings: 3 is spring to autumn, 4 bears snow. A Fell tent holds wind up to 80 km/h when all guy lines are used.",
    ),
];
