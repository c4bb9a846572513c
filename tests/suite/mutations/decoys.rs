//! Sums and names put into a page that are none of its own: fees, deposits, prices, bidders who lost, candidates, tables of other
//! lots. What the page says stays what it was.

use fastrand::Rng;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::notice::NoticeKind;

use super::edits::{Mutant, capitals, gaps, one, replaced, yuan};
use super::judge::{Allowed, Permit, permit, value};
use super::marks::{YUAN, body_end, body_start, elements};
use super::pages::Page;

const LOSER: &str = "未得标的路人科技有限公司";
const OTHER: &str = "另一路人贸易有限公司";

/// A sum that no page has.
fn foreign(page: &Page, rng: &mut Rng) -> i64 {
    let base = super::marks::values(page).last().copied().unwrap_or(1_000_000 * YUAN);
    let share = *one(rng, &[13, 97, 103, 150, 231]).unwrap();
    (base / 100 * share / 100 + 1_234 * YUAN + 5_600) / 100 * 100
}

fn put(page: &Page, rng: &mut Rng, piece: &str) -> Option<Mutant> {
    let at = *one(rng, &gaps(page))?;
    let html = replaced(&page.html, vec![(at..at, piece.to_owned())]);
    let mut allowed = Allowed::exactly(page);
    // One side of a conflict may stay alone, beside what says that the rest was not found.
    for name in super::judge::SUMS {
        if let Amount::Conflict(told) = super::judge::sum(&page.notice, name) {
            let beside = Some("no winner was found");
            allowed.sum(name).extend(told.iter().map(|claim| Permit { value: claim.money.ten_thousandths, beside }));
        }
    }
    Some(Mutant { html, allowed })
}

fn texted(page: &Page, rng: &mut Rng, forms: &[&str]) -> Option<Mutant> {
    let sum = foreign(page, rng);
    let form = *one(rng, forms)?;
    let wan = super::edits::in_units(sum, 10_000, 0);
    let text = form
        .replace("{元}", &format!("{}元", yuan(sum, 2)))
        .replace("{万}", &format!("{wan}万元"))
        .replace("{数}", &yuan(sum, 0))
        .replace("{大写}", &capitals(sum)?)
        .replace("{甲}", LOSER)
        .replace("{乙}", OTHER);
    put(page, rng, &text)
}

/// Only a result has losers.
fn of_result(page: &Page) -> Option<()> {
    let kinds = [NoticeKind::Award, NoticeKind::Failed, NoticeKind::Candidates, NoticeKind::Contract];
    kinds.contains(&page.notice.kind).then_some(())
}

pub(super) fn fee(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    texted(
        page,
        rng,
        &[
            "<p>代理服务费：{万}</p>",
            "<p>代理服务收费标准及金额：本项目代理费总金额：{万}（人民币）</p>",
            "<p>招标代理服务费金额（元）：{数}</p>",
            "<p>本项目代理服务费由中标供应商支付，收费金额：{元}。</p>",
            "<p>代理费用收费金额：{元}</p>",
            "<table><tr><td>合同包号</td><td>代理服务费金额（万元）</td><td>收取对象</td></tr><tr><td>1</td><td>{数}</td><td>中标（成交）供应商</td></tr></table>",
            "<p>评审费：{元}</p>",
        ],
    )
}

pub(super) fn deposit(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    texted(
        page,
        rng,
        &[
            "<p>投标保证金：{元}</p>",
            "<p>投标保证金金额：人民币{大写}（￥{数}）</p>",
            "<p>履约保证金：中标金额的5%，即{元}</p>",
            "<p>磋商保证金（元）：{数}</p>",
            "<p>质量保证金{元}，质保期满后退还。</p>",
            "<p>招标文件售价：{元}，售后不退。</p>",
        ],
    )
}

pub(super) fn unit_price(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    texted(
        page,
        rng,
        &[
            "<p>单价：{元}</p>",
            "<p>中标单价：{元}/台</p>",
            "<table><tr><td>名称</td><td>品牌</td><td>规格型号</td><td>数量</td><td>单价</td></tr><tr><td>交换机</td><td>某牌</td><td>S1</td><td>2</td><td>{元}</td></tr></table>",
            "<table><tr><td>序号</td><td>货物名称</td><td>数量</td><td>单价（元）</td></tr><tr><td>1</td><td>服务器</td><td>2台</td><td>{数}</td></tr></table>",
        ],
    )
}

pub(super) fn loser(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    of_result(page)?;
    texted(
        page,
        rng,
        &[
            "<p>未中标供应商：{甲}，投标报价：{元}</p>",
            "<p>未成交供应商名称：{甲}</p><p>报价：{元}</p>",
            "<p>未中标人：{甲}、{乙}</p><p>投标报价：{元}</p>",
            "<p>其他投标人报价：{甲} {元}</p>",
            "<table><tr><td>未中标供应商名称</td><td>未中标原因</td><td>报价（元）</td></tr><tr><td>{甲}</td><td>得分较低</td><td>{数}</td></tr></table>",
            "<p>落标供应商：{甲}（{元}），原因：综合得分第二。</p>",
        ],
    )
}

pub(super) fn bidders(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    of_result(page)?;
    texted(
        page,
        rng,
        &[
            "<p>各投标人报价情况：</p><table><tr><td>序号</td><td>投标人名称</td><td>投标报价（元）</td></tr><tr><td>1</td><td>{甲}</td><td>{数}</td></tr><tr><td>2</td><td>{乙}</td><td>{数}</td></tr></table>",
            "<p>评审得分与排序：</p><table><tr><td>供应商名称</td><td>最终得分</td><td>排名</td></tr><tr><td>{甲}</td><td>81.2</td><td>2</td></tr><tr><td>{乙}</td><td>70.1</td><td>3</td></tr></table>",
            "<table><tr><td>投标供应商</td><td>投标报价</td><td>综合得分</td><td>排名</td></tr><tr><td>{甲}</td><td>{元}</td><td>85</td><td>2</td></tr><tr><td>{乙}</td><td>{元}</td><td>80</td><td>3</td></tr></table>",
            "<p>开标记录</p><table><tr><td>供应商名称</td><td>开标价格(元)</td></tr><tr><td>{甲}</td><td>{数}</td></tr><tr><td>{乙}</td><td>{数}</td></tr></table>",
            "<p>通过资格审查的供应商名单：{甲}、{乙}。</p>",
            "<table><tr><td>供应商名称</td><td>资格性审查</td><td>符合性审查</td><td>报价（元）</td></tr><tr><td>{甲}</td><td>通过</td><td>通过</td><td>{数}</td></tr><tr><td>{乙}</td><td>通过</td><td>不通过</td><td>{数}</td></tr></table>",
        ],
    )
}

pub(super) fn candidates(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    of_result(page)?;
    texted(
        page,
        rng,
        &[
            "<p>第二中标候选人：{甲}，投标报价：{元}</p>",
            "<p>第二成交候选人名称：{甲}</p><p>第二成交候选人报价：{元}</p>",
            "<p>中标候选供应商名单</p><table><tr><td>候选人名称</td><td>报价（元）</td><td>名次</td></tr><tr><td>{甲}</td><td>{数}</td><td>2</td></tr><tr><td>{乙}</td><td>{数}</td><td>3</td></tr></table>",
            "<table><tr><td>中标候选人排序</td><td>中标候选人名称</td><td>投标报价</td></tr><tr><td>第二名</td><td>{甲}</td><td>{元}</td></tr><tr><td>第三名</td><td>{乙}</td><td>{元}</td></tr></table>",
            "<p>候补供应商：{甲}</p><p>候补供应商报价：{元}</p>",
        ],
    )
}

pub(super) fn other_money(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    texted(
        page,
        rng,
        &[
            "<p>注册资本：{万}</p>",
            "<p>供应商须具有近三年单项合同金额不低于{万}的类似业绩。</p>",
            "<p>类似业绩：某市某项目，合同金额{元}</p>",
            "<p>付款方式：合同签订后支付30%，即{元}。</p>",
            "<p>资金来源：财政拨款{万}，自筹{万}</p>",
            "<p>上一年度同类项目成交金额为{元}，供参考。</p>",
            "<p>违约金不超过{元}。</p>",
            "<p>最低报价：{元}，最高报价：{元}</p>",
            "<p>评标基准价：{元}</p>",
            "<p>节约资金{元}，节支率12%。</p>",
            "<p>下浮率：12.5%</p>",
            "<p>税率：13%，税额：{元}</p>",
            "<p>优惠后价格（价格扣除后）：{元}</p>",
            "<p>暂列金额：{元}</p>",
        ],
    )
}

/// A budget or a ceiling in the page of a result: its own, if it had none.
pub(super) fn budget_beside_award(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    if page.notice.kind != NoticeKind::Award {
        return None;
    }
    let budget = rng.bool();
    let sum = foreign(page, rng).max(super::marks::values(page).last().copied().unwrap_or(0) / 1_000 * 100);
    let word = *one(
        rng,
        if budget {
            &["预算金额", "采购预算", "项目预算金额"]
        } else {
            &["最高限价", "最高投标限价", "招标控制价"]
        },
    )?;
    let text = if rng.bool() {
        format!("<p>{word}：{}元</p>", yuan(sum, 2))
    } else {
        format!("<p>{word}（元）：{}</p>", yuan(sum, 0))
    };
    let mut out = put(page, rng, &text)?;
    let name = if budget { "budget" } else { "ceiling" };
    // One told in a sentence stands back behind one that is called so.
    let spoken = page.notice.evidence.get(name).is_some_and(|evidence| !evidence.passage.contains("金额"));
    if spoken || value(super::judge::sum(&page.notice, name)).is_none() {
        out.allowed.sum(name).push(permit(sum));
        if budget {
            out.allowed.lot_budgets.push(permit(sum));
        }
    }
    Some(out)
}

/// A table of items or prices below the mark of a lot that the notice does not award.
pub(super) fn table_of_another_lot(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    texted(
        page,
        rng,
        &[
            "<p>合同包9（其他设备）：</p><table><tr><td>品目号</td><td>采购标的</td><td>品牌</td><td>数量</td><td>单价（元）</td><td>总价（元）</td></tr><tr><td>9-1</td><td>打印机</td><td>某牌</td><td>10</td><td>100</td><td>{数}</td></tr></table>",
            "<table><tr><td>包号</td><td>标的名称</td><td>数量</td><td>单价</td><td>总价</td></tr><tr><td>9</td><td>打印机</td><td>1</td><td>{元}</td><td>{元}</td></tr></table>",
            "<table><tr><td>包号</td><td>投标人</td><td>报价（元）</td><td>得分</td><td>排名</td></tr><tr><td>1</td><td>{甲}</td><td>{数}</td><td>88</td><td>2</td></tr><tr><td>1</td><td>{乙}</td><td>{数}</td><td>77</td><td>3</td></tr></table>",
            "<p>第9包：流标，有效投标人不足三家。</p>",
        ],
    )
}

/// A row that adds nothing, at the end of a table: 备注, 说明.
pub(super) fn row_of_remarks(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let tables: Vec<_> = elements(&page.html, &["table"])
        .into_iter()
        .filter(|table| table.outer.start > body_start(&page.html) && table.outer.end <= body_end(&page.html))
        .collect();
    let table = one(rng, &tables)?;
    let at = page.html[table.outer.clone()].rfind("</tr>")? + table.outer.start + 5;
    let sum = yuan(foreign(page, rng), 2);
    let row = match rng.usize(0..3) {
        0 => format!("<tr><td colspan=\"4\">备注：代理服务费{sum}元由中标人支付</td></tr>"),
        1 => format!("<tr><td>备注</td><td>含{sum}元暂列金</td></tr>"),
        _ => format!("<tr><td>说明：本表单价合计{sum}元仅供参考</td></tr>"),
    };
    let html = replaced(&page.html, vec![(at..at, row)]);
    Some(Mutant { html, allowed: Allowed::exactly(page) })
}
