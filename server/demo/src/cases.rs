//! The test cases of the dataset, each with what the assistant said to it when it was right and when it was not.

/// The version of the prompt that a run tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// What was live in autumn.
    Thirteen,
    /// Friendlier, and told to look things up before it promises.
    Fourteen,
    /// As short as it goes.
    Fifteen,
}

/// One test case.
pub struct TestCase {
    /// Its id in the dataset.
    pub id: &'static str,
    /// What the customer writes.
    pub input: &'static str,
    /// What an answer has to say.
    pub expected: &'static str,
    /// A good answer. Its first sentence stands on its own.
    pub good: &'static str,
    /// A bad one, and what a judge says of it.
    pub bad: (&'static str, &'static str),
    /// With which prompts the assistant got it wrong.
    pub wrong_with: &'static [Prompt],
    /// Tags.
    pub tags: &'static [&'static str],
    /// How hard it is: `easy`, `usual` or `hard`.
    pub difficulty: &'static str,
    /// The story it was made of.
    pub story: Option<&'static str>,
}

/// What most of them have in common.
const CASE: TestCase =
    TestCase { id: "", input: "", expected: "", good: "", bad: ("", ""), wrong_with: &[], tags: &[], difficulty: "usual", story: None };

use Prompt::{Fifteen, Fourteen, Thirteen};

/// All of them.
pub const CASES: &[TestCase] = &[
    TestCase {
        id: "warranty-length",
        input: "How long is the warranty on a Traverse 65, and does it matter that I’m a member?",
        expected: "Two years from delivery; three for tents and packs of registered members. The Traverse is a pack.",
        good: "As a registered member you have three years on the Traverse 65, counted from the day it was delivered. Without a membership it would be two. You need no card: the order number is enough.",
        bad: (
            "Every Fernway product has a lifetime warranty, so you never need to worry.",
            "There is no lifetime warranty: two years, three for members.",
        ),
        wrong_with: &[Fifteen],
        tags: &["warranty"],
        difficulty: "easy",
        ..CASE
    },
    TestCase {
        id: "zip-abroad",
        input: "The zip of my Moorland 4 failed in Norway. Where do I send it, and will customs want money?",
        expected: "To the Basel address, marked 'returned goods for repair', so that no duty is charged.",
        good: "Send it to our address in Basel and write *returned goods for repair* on the parcel and the customs form. With these words no duty is charged. The zip is covered.",
        bad: (
            "Please send it to our warehouse with a normal customs form. Duty may apply, we are sorry about that.",
            "Wrong address, and the words that avoid duty are missing.",
        ),
        wrong_with: &[Thirteen],
        tags: &["warranty", "shipping"],
        difficulty: "hard",
        ..CASE
    },
    TestCase {
        id: "burn-hole",
        input: "A spark burned a hole into my Larch Down. Warranty?",
        expected: "Burns are not covered. A repair can be offered.",
        good: "A burn is not covered by the warranty, I’m afraid. We can repair it: a patch in the same fabric takes ten working days in summer and five in winter. Put a bit of tape over it until then, or the down will travel.",
        bad: ("Of course! Send it in and we replace the jacket free of charge.", "Burns are excluded; the answer promises a new jacket."),
        wrong_with: &[Thirteen, Fifteen],
        tags: &["warranty"],
        ..CASE
    },
    TestCase {
        id: "loan-item",
        input: "My pack is with you for repair and I leave on Saturday. What now?",
        expected: "Customers with a booked trip may ask for a loan item in any shop.",
        good: "With a booked trip you can borrow a pack in any of our shops. Take the repair number and anything that shows the booking. Yours waits here until you are back.",
        bad: ("Repairs take ten working days. We cannot make an exception.", "True, and it leaves out the loan, which is the answer."),
        wrong_with: &[Thirteen],
        tags: &["warranty"],
        ..CASE
    },
    TestCase {
        id: "refund-when",
        input: "My return arrived on Monday. When do I see the money?",
        expected: "Issued within three working days after arrival; the bank needs two to five more.",
        good: "The refund is issued within three working days after your return reached us, so by Thursday. Your bank then needs another two to five working days. If nothing is there after that, write again and we look it up.",
        bad: ("You will see the money tomorrow at the latest.", "Promises a day that neither the shop nor the bank keeps."),
        wrong_with: &[Fifteen],
        tags: &["returns", "billing"],
        difficulty: "easy",
        ..CASE
    },
    TestCase {
        id: "rope-open",
        input: "I opened the seal of a climbing rope and it has the wrong colour. Can it come back?",
        expected: "No: a rope cannot come back once the seal is open, for safety.",
        good: "Once the seal is open a rope cannot come back, whatever its colour. Nobody could know what happened to it, and the next person hangs on it. I’m sorry.",
        bad: ("Sure, you have 60 days for returns. I have sent you a label.", "Ropes are the exception: not once the seal is open."),
        wrong_with: &[Thirteen, Fifteen],
        tags: &["returns", "prod"],
        difficulty: "hard",
        ..CASE
    },
    TestCase {
        id: "exchange-size",
        input: "Can I swap my Squall Pro from M to L, and do I wait until you have the old one?",
        expected: "Free within 60 days; the new one leaves when the carrier scans the old one.",
        good: "Yes, free of charge within 60 days. The L leaves as soon as the carrier scans your parcel, so you don’t wait until it arrives here. The label is in your e-mail.",
        bad: ("Yes. As soon as the jacket has arrived and was checked, we send the L.", "It is sent at the scan, not on arrival."),
        wrong_with: &[Thirteen],
        tags: &["returns", "sizing"],
        ..CASE
    },
    TestCase {
        id: "boots-first-walk",
        input: "The sole of my Ridge 3 Mid came off on the first walk. They are muddy. Return?",
        expected: "A boot that fails on the first walk is a warranty case, not a return. Mud does not matter.",
        good: "That is a warranty case and not a return, so the mud does not matter. Send the order number and one photo of the sole. A new pair leaves first; the old one follows with the label in the parcel.",
        bad: (
            "Used footwear is excluded from returns. Only boots worn indoors can be accepted.",
            "Treats a defect as a return and refuses it.",
        ),
        wrong_with: &[Fifteen],
        tags: &["warranty", "returns"],
        difficulty: "hard",
        ..CASE
    },
    TestCase {
        id: "return-label-us",
        input: "I live in the United States. Who pays for the return label?",
        expected: "Labels are free in the EU; from other countries the customer pays postage.",
        good: "Outside the EU the postage is yours, I’m afraid. Use any carrier and keep the receipt until the refund is there. Express fees are not refunded.",
        bad: ("Return labels are always free. It is in your e-mail.", "Free in the EU only."),
        wrong_with: &[],
        tags: &["returns"],
        difficulty: "easy",
        ..CASE
    },
    TestCase {
        id: "express-afternoon",
        input: "If I order express at three in the afternoon on Wednesday, is it here on Thursday?",
        expected: "No. Express ordered before 12:00 arrives on the next working day; later ones on the day after: Friday.",
        good: "It would be Friday. Express parcels ordered before 12:00 arrive on the next working day, later ones on the day after. If Thursday matters, two of our shops have it in stock.",
        bad: ("Yes! Express parcels arrive on the next day, so Thursday it is.", "Ignores the cutoff at 12:00."),
        wrong_with: &[Thirteen, Fourteen, Fifteen],
        tags: &["shipping"],
        difficulty: "hard",
        ..CASE
    },
    TestCase {
        id: "gas-separate",
        input: "I ordered a tent and gas cartridges. Only the tent came. Did you forget something?",
        expected: "Gas leaves from the dangerous-goods store in a parcel of its own, without a second fee.",
        good: "Nothing is lost: gas travels in a parcel of its own from our dangerous-goods store at Harwell. It has its own tracking number and costs no second delivery fee. It usually arrives a day later.",
        bad: (
            "I’m sorry, the cartridges seem to be missing. I have ordered them again for you.",
            "They are not missing, and nothing was ordered.",
        ),
        wrong_with: &[],
        tags: &["shipping"],
        ..CASE
    },
    TestCase {
        id: "delivered-nothing",
        input: "Tracking says delivered. There is no parcel. I looked twice.",
        expected: "Ask neighbours, wait one working day, then the shop opens a search, which ends within eight working days.",
        good: "Please ask your neighbours first, and give it one working day: carriers sometimes scan too early. If it is not there by then, answer here and I open a search with the carrier. It ends within eight working days, and then you get the parcel or your money.",
        bad: ("I have refunded the order. Please buy it again.", "Refunds before anybody looked, and no tool did it."),
        wrong_with: &[Fifteen],
        tags: &["shipping"],
        ..CASE
    },
    TestCase {
        id: "swiss-duties",
        input: "An order for 170 EUR to Zürich: what will customs take?",
        expected: "Nothing: duties are included above 150 EUR to Switzerland, Norway and the United Kingdom.",
        good: "Nothing. For orders above 150 EUR to Switzerland we have paid the duties already. Below that amount customs may ask you for them.",
        bad: ("Swiss customs usually takes about 8 % plus a fee of 20 CHF.", "Duties are included from 150 EUR; the numbers are invented."),
        wrong_with: &[Thirteen],
        tags: &["shipping", "billing"],
        ..CASE
    },
    TestCase {
        id: "power-bank-island",
        input: "Can you send a 27,000 mAh power bank to Iceland?",
        expected: "Power banks above 100 Wh are not sent by air. 27,000 mAh is about 100 Wh: a person has to check.",
        good: "That is a close one: 27,000 mAh is almost exactly 100 Wh, and above that we must not send by air. A colleague will read the label of this model and write to you today. If it is above, collecting it in a shop is the way.",
        bad: ("Yes, we send power banks everywhere.", "Not above 100 Wh, and not without looking."),
        wrong_with: &[Thirteen, Fifteen],
        tags: &["shipping", "prod"],
        difficulty: "hard",
        ..CASE
    },
    TestCase {
        id: "charged-twice",
        input: "You took 214.90 EUR twice for one jacket!",
        expected: "The second is a pending authorisation that falls away within three to seven days and is never booked.",
        good: "I understand the shock, and you pay once only. The second amount is an authorisation: it is marked as pending, is never booked, and falls away by itself within three to seven days. If it is still there after that, send a screenshot and we ask the provider.",
        bad: ("I’m very sorry, I have refunded the second payment.", "There is no second payment, and nothing was refunded."),
        wrong_with: &[],
        tags: &["billing"],
        difficulty: "easy",
        ..CASE
    },
    TestCase {
        id: "two-codes",
        input: "TRAIL10 and WELCOME5 together don’t work. Bug?",
        expected: "One code per order.",
        good: "No bug: there is one code for each order. TRAIL10 is the better of the two for this basket. WELCOME5 stays valid for the next one.",
        bad: ("That looks like a bug. I have taken 15 % off by hand.", "One code per order; no tool took anything off."),
        wrong_with: &[Fourteen],
        tags: &["billing"],
        difficulty: "easy",
        ..CASE
    },
    TestCase {
        id: "price-shop-online",
        input: "Bought the Tarn in the shop ten days ago. Online it is 20 EUR less now. Hm.",
        expected: "The difference is refunded on request within 14 days of the purchase.",
        good: "Hm indeed. You are within 14 days, so we refund the 20 EUR: send a photo of the receipt and it goes back to the card you paid with. Prices in shops and online may differ for reasons of stock.",
        bad: ("Prices in shops and online are independent of each other.", "Leaves out the refund within 14 days."),
        wrong_with: &[Fifteen],
        tags: &["billing"],
        ..CASE
    },
    TestCase {
        id: "invoice-company",
        input: "Can you add our company name and tax number to an invoice from last week?",
        expected: "Yes, until 30 days after the purchase, in the account under Orders.",
        good: "Yes, until 30 days after the purchase. Open the order in your account, choose *Invoice* and fill in both; the new invoice is there at once. The old one is cancelled by itself.",
        bad: ("Invoices cannot be changed once they are issued.", "They can, for 30 days."),
        wrong_with: &[],
        tags: &["billing"],
        ..CASE
    },
    TestCase {
        id: "between-sizes",
        input: "Exactly between 42 and 43 in the Ridge 2. Which one?",
        expected: "The larger one. Measure in the evening, with the socks you will wear.",
        good: "Take 43. Between two sizes the larger one is right for walking, because feet grow during the day and toes need room downhill. Try them in the evening, in the socks you will wear.",
        bad: ("Take 42, boots stretch by a full size.", "The opposite of the help page."),
        wrong_with: &[],
        tags: &["sizing"],
        difficulty: "easy",
        ..CASE
    },
    TestCase {
        id: "back-length",
        input: "My back is 44 cm. S or M in the Traverse?",
        expected: "Under 44 cm is S, 44 to 50 cm is M: so M. The yoke moves by 8 cm.",
        good: "An M: it begins at 44 cm. The yoke moves by 8 cm, so there is room in both directions. Measured from the bone at the bottom of the neck to the top of the hip.",
        bad: ("With 44 cm you are an S.", "44 cm belongs to M."),
        wrong_with: &[Fifteen],
        tags: &["sizing"],
        ..CASE
    },
    TestCase {
        id: "child-harness",
        input: "My daughter is seven and weighs 24 kg. Is the Crux Kids enough, or a full-body harness?",
        expected: "Under 40 kg a full-body harness is recommended.",
        good: "A full-body harness, please: we recommend it for everybody under 40 kg. Children have little hip to hold a sit harness, and can turn upside down. The Crux Kids is for later.",
        bad: ("The Crux Kids is made for children, so it is perfect.", "Unsafe: under 40 kg a full-body harness is needed."),
        wrong_with: &[Thirteen],
        tags: &["sizing", "prod"],
        difficulty: "hard",
        ..CASE
    },
    TestCase {
        id: "stove-porch",
        input: "Is it safe to use the Ember stove in the porch of the tent if I leave the door open?",
        expected: "No. Two metres from any fabric, never in a porch: carbon monoxide.",
        good: "No, not even with the door open. Keep every stove two metres away from fabric, and never cook in a porch: carbon monoxide has no smell. A windshield outside does the same for your tea.",
        bad: ("With the door open there is plenty of air, so the porch is fine.", "Dangerous, and forbidden by the manual."),
        wrong_with: &[Thirteen],
        tags: &["prod"],
        difficulty: "hard",
        story: Some("porch"),
    },
    TestCase {
        id: "leaking-valve",
        input: "مرحباً، اشتريت موقد Ember 1 والغاز يتسرّب من الصمام. هل أستطيع استعماله الليلة إذا أحكمت إغلاقه؟ رقم الطلب FW-20561.",
        expected: "لا. أغلق الصمام، وافصل الأسطوانة في الهواء الطلق، ولا تصلحه بنفسك. موقد جديد مجاناً.",
        good: "لا، من فضلك لا تستعمله، حتى لو بدا محكماً. أغلق الصمام وافصل الأسطوانة في الهواء الطلق، بعيداً عن أي لهب. نرسل لك موقداً جديداً مجاناً.",
        bad: ("I answer in English, German, French and Spanish only.", "A leak of gas is a danger in every language."),
        wrong_with: &[Thirteen],
        tags: &["warranty", "prod"],
        difficulty: "hard",
        story: Some("valve"),
    },
    TestCase {
        id: "gift-card-zero",
        input: "Gift card FWG-88213 shows a balance of zero, but I never used it. It was a present from my team.",
        expected: "It was redeemed by somebody else: block it, check, restore the balance within two working days. Promise nothing that no tool did.",
        good: "The card was redeemed in an order that is not yours. I have asked for it to be blocked and checked; that takes two working days, and then the balance is restored. You don’t have to prove anything.",
        bad: ("I have put the 50.00 EUR back on the card and added 10.00 EUR for the shock.", "No tool put anything on the card."),
        wrong_with: &[Thirteen, Fifteen],
        tags: &["billing"],
        difficulty: "hard",
        story: Some("gift_card"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_case_is_whole_and_the_second_prompt_is_the_best() {
        let mut ids = BTreeSet::new();
        for case in CASES {
            let texts = [case.id, case.input, case.expected, case.good, case.bad.0, case.bad.1];
            assert!(ids.insert(case.id) && texts.iter().all(|text| !text.is_empty()), "{}", case.id);
            assert!(case.tags.iter().all(|tag| crate::TAGS.iter().any(|(name, ..)| name == tag)), "{}", case.id);
        }
        let wrong = |prompt| CASES.iter().filter(|case| case.wrong_with.contains(&prompt)).count();
        assert_eq!([Thirteen, Fourteen, Fifteen].map(wrong), [12, 2, 11]);
    }
}
