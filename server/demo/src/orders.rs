//! What was bought: products, orders, and the facts of one customer's case, which the message, the tools and the answer share.

use serde_json::{Value, json};

use super::clock::{DAY, iso_date, spoken_date, weekday, working_day};
use super::customers::people;
use super::random::Random;
use super::scenarios::{Goods, Language};

/// Something Fernway sells.
pub struct Product {
    /// Its name in the shop.
    pub name: &'static str,
    /// The kind of thing it is.
    pub goods: Goods,
    /// Price in cents.
    pub cents: u64,
    /// The number of its usual spare part.
    pub part: &'static str,
    /// Weight in grams.
    pub grams: u32,
}

const fn product(name: &'static str, goods: Goods, cents: u64, part: &'static str, grams: u32) -> Product {
    Product { name, goods, cents, part, grams }
}

/// The range.
pub static PRODUCTS: &[Product] = &[
    product("Skerry 1", Goods::Tent, 24_900, "4402-A", 1_180),
    product("Fell 2", Goods::Tent, 32_900, "4408-B", 1_940),
    product("Fell 3", Goods::Tent, 38_900, "4410-B", 2_460),
    product("Moorland 4", Goods::Tent, 54_900, "4431-C", 4_900),
    product("Traverse 45", Goods::Pack, 16_900, "5120-K", 1_420),
    product("Traverse 65", Goods::Pack, 19_900, "5140-K", 1_780),
    product("Burn 28", Goods::Pack, 9_900, "5108-H", 890),
    product("Crag 32", Goods::Pack, 11_900, "5111-H", 1_020),
    product("Ridge 2", Goods::Boots, 18_900, "3302-L", 1_160),
    product("Ridge 3 Mid", Goods::Boots, 20_900, "3310-L", 1_240),
    product("Scree Low", Goods::Boots, 13_900, "3305-L", 820),
    product("Bothy Winter", Goods::Boots, 22_900, "3340-M", 1_510),
    product("Tarn", Goods::Jacket, 14_900, "2210-Z", 410),
    product("Squall Pro", Goods::Jacket, 27_900, "2244-Z", 480),
    product("Larch Down", Goods::Jacket, 21_900, "2260-Z", 390),
    product("Gale Smock", Goods::Jacket, 8_900, "2203-Z", 230),
    product("Ember 1", Goods::Stove, 6_490, "6101-V", 94),
    product("Ember Duo", Goods::Stove, 11_900, "6122-V", 410),
    product("Kettle 8", Goods::Stove, 8_990, "6115-V", 360),
    product("Hollow -5", Goods::Bag, 25_900, "7105-R", 1_090),
    product("Hollow +3", Goods::Bag, 18_900, "7103-R", 760),
    product("Nightjar 800", Goods::Bag, 34_900, "7180-R", 1_210),
    product("Crux", Goods::Climbing, 7_490, "8104-S", 380),
    product("Crux Kids", Goods::Climbing, 5_990, "8106-S", 310),
];

const CARRIERS: &[&str] = &["Northline", "Parcelway", "Swift & Sons", "Kestrel Express"];
const SHOPS: &[&str] = &["Westhaven station", "Old Tannery", "Harbour Street", "Mill Lane"];
const AGENTS: &[&str] = &["Jonas", "Ines", "Tomas", "Bronwen", "Adaeze"];
const COUPONS: &[&str] = &["AUTUMN15", "TRAIL10", "WELCOME5", "DRYFEET"];
const STREETS: &[&str] = &["Brook Lane", "Station Road", "Hillcrest", "Quarry Close", "Chapel Row"];

/// The facts of one customer's case.
pub struct SupportCase {
    /// The customer's language.
    pub language: Language,
    /// First name.
    pub name: &'static str,
    /// Surname.
    pub surname: &'static str,
    /// Home.
    pub city: &'static str,
    /// The shop's number for the customer.
    pub user_id: String,
    /// What it is about.
    pub product: &'static Product,
    /// Order number.
    pub order: String,
    /// Total of the order in cents.
    pub total: u64,
    /// Shipping paid, in cents.
    pub shipping: u64,
    /// When the order was placed.
    pub ordered: i64,
    /// When the parcel arrived or will arrive.
    pub delivered: i64,
    /// Now, for the customer.
    pub moment: i64,
    /// Who carries the parcel.
    pub carrier: &'static str,
    /// The carrier's number.
    pub tracking: String,
    /// The number of the return.
    pub return_id: String,
    /// A second number: gift card, serial number, ticket.
    pub number: u64,
    /// The code in the basket.
    pub coupon: &'static str,
    size: u64,
    shop: &'static str,
    agent: &'static str,
    street: &'static str,
}

impl SupportCase {
    /// Invents a case about a thing of this kind.
    pub fn new(random: &mut Random, language: Language, goods: Goods, moment: i64) -> Self {
        let people = people(language);
        let fitting: Vec<&'static Product> = PRODUCTS.iter().filter(|product| goods == Goods::Anything || product.goods == goods).collect();
        let product = random.pick(&fitting);
        let shipping = random.pick(&[0, 490, 690, 1_490]);
        let ordered = moment - random.whole(3, 26) as i64 * DAY;
        Self {
            language,
            name: random.pick(people.first),
            surname: random.pick(people.last),
            city: random.pick(people.cities),
            user_id: format!("c_{}", random.whole(10_200, 98_700)),
            product,
            order: format!("FW-{}", random.whole(20_100, 20_990)),
            total: product.cents + shipping + random.pick(&[0, 0, 0, 1_250, 2_490, 3_900]),
            shipping,
            ordered,
            delivered: working_day(ordered, 2),
            moment,
            carrier: random.pick(CARRIERS),
            tracking: format!("{}{}", random.pick(&["NL", "PW", "KX"]), random.whole(300_400_500, 899_999_999)),
            return_id: format!("R-{}", random.whole(76_000, 78_999)),
            number: random.whole(80_100, 89_900),
            coupon: random.pick(COUPONS),
            size: random.whole(37, 46),
            shop: random.pick(SHOPS),
            agent: random.pick(AGENTS),
            street: random.pick(STREETS),
        }
    }

    /// A price as this customer writes it.
    pub fn money(&self, cents: u64) -> String {
        let (whole, rest) = (cents / 100, cents % 100);
        match self.language {
            Language::English => format!("{whole}.{rest:02} EUR"),
            Language::German | Language::French | Language::Spanish => format!("{whole},{rest:02} €"),
        }
    }

    /// Replaces `{order}`, `{product}` and so on. Braces around anything else stay as they are, so templates may hold code.
    pub fn fill(&self, template: &str) -> String {
        let mut text = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            text.push_str(&rest[..open]);
            rest = &rest[open..];
            let value = rest.find('}').and_then(|close| self.fact(&rest[1..close]).map(|value| (close, value)));
            match value {
                Some((close, value)) => {
                    text.push_str(&value);
                    rest = &rest[close + 1..];
                }
                None => {
                    text.push('{');
                    rest = &rest[1..];
                }
            }
        }
        text.push_str(rest);
        text
    }

    fn fact(&self, name: &str) -> Option<String> {
        let language = self.language;
        Some(match name {
            "name" => self.name.to_owned(),
            "surname" => self.surname.to_owned(),
            "city" => self.city.to_owned(),
            "street" => format!("{} {}", 2 + self.number % 60, self.street),
            "neighbour" => (4 + self.number % 40).to_string(),
            "product" => self.product.name.to_owned(),
            "part" => self.product.part.to_owned(),
            "grams" => self.product.grams.to_string(),
            "order" => self.order.clone(),
            "price" => self.money(self.product.cents),
            "lower" => self.money(self.product.cents - 2_000),
            "half" => self.money(self.product.cents / 2),
            "total" => self.money(self.total),
            "shipping" => self.money(self.shipping.max(490)),
            "less" => self.money(self.total - self.shipping.max(490)),
            "duty" => self.money(900 + self.number % 21 * 100),
            "ordered" => spoken_date(self.ordered, language),
            "delivered" => spoken_date(self.delivered, language),
            "today" => spoken_date(self.moment, language),
            "soon" => spoken_date(working_day(self.moment, 3), language),
            "warranty_until" => iso_date(self.ordered + 730 * DAY),
            "weekday" => weekday(working_day(self.moment, 2), language).to_owned(),
            "arrival" => weekday(working_day(self.moment, 1), language).to_owned(),
            "yesterday" => weekday(self.moment - DAY, language).to_owned(),
            "carrier" => self.carrier.to_owned(),
            "tracking" => self.tracking.clone(),
            "return" => self.return_id.clone(),
            "number" => self.number.to_string(),
            "coupon" => self.coupon.to_owned(),
            "size" => self.size.to_string(),
            "bigger" => (self.size + 1).to_string(),
            "shop" => self.shop.to_owned(),
            "agent" => self.agent.to_owned(),
            "hour" => (8 + self.number % 9).to_string(),
            "later" => (11 + self.number % 9).to_string(),
            "minute" => format!("{:02}", self.number % 60),
            _ => return None,
        })
    }

    /// The order as the order system returns it, short enough for the metadata of a trace.
    pub fn order_summary(&self) -> Value {
        json!({
            "id": self.order,
            "total": self.total as f64 / 100.0,
            "warranty_until": iso_date(self.ordered + 730 * DAY),
            "coupon": if self.number.is_multiple_of(4) { json!(self.coupon) } else { Value::Null },
        })
    }
}
