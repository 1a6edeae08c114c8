"""How the figures come about, in words: what the methods page says."""

from __future__ import annotations

from yrdgis.reports.html import Words

__all__ = ["FORMULAS", "GROUPS"]

GROUPS: dict[str, Words] = {
    "door": ("接驳与驻车", "access, egress, parking"),
    "road": ("公路自由流车速", "free-flow speeds of roads"),
    "drive": ("自驾：时段、收费站、轮渡", "driving: period, barriers, ferries"),
    "toll": ("通行费", "tolls"),
    "cost": ("费用", "costs"),
    "fare": ("票价", "fares"),
    "co2": ("碳排放", "CO2"),
    "rail": ("铁路", "rail"),
    "turnup": ("随到随走的公交化服务", "turn-up services"),
    "suburban": ("市域铁路", "suburban rail"),
    "metro": ("城市轨道", "metro"),
    "bus": ("公共汽车", "bus"),
    "transfer": ("换乘步行", "walks of transfers"),
    "freight": ("货运", "freight"),
    "hinterland": ("港口腹地", "hinterlands of ports"),
    "value": ("项目价值", "value of projects"),
    "isochrone": ("等时圈", "isochrones"),
    "resolution": ("分辨率", "resolution"),
    "network": ("路网接驳线", "connectors of the network"),
    "osm": ("自带道路数据的车速", "speeds of a user's roads"),
    "deadend": ("断头路识别", "finding dead-end roads"),
    "goalpost": ("同城化目标档", "goalposts of cohesion"),
    "access": ("可达性衰减", "decay of accessibility"),
    "border": ("边界效应", "border effects"),
    "connectivity": ("连通度", "connectivity"),
}

FORMULAS: tuple[tuple[Words, tuple[Words, ...]], ...] = (
    (
        ("哪一天的路网", "The network of a date"),
        (
            (
                "数据截止日及以前，只计已知开通的区段；其后按公布的预计开通日计，并注明为预测。预计日已过而无证据的为“逾期”，不计为开通。"
                "已运行而不知开通日的按一直开通计，其里程占比随结果给出。",
                "Up to the day for which the layers hold, only what is known to have opened counts; after it, expected days "
                "count and the result is labelled a forecast. An expected day that passed without evidence is overdue, not "
                "open. What operates without a known day counts as always open; its share of the kilometres is told.",
            ),
            (
                "项目即数据：新增路段、改变车速、消除延误、提高航道等级、新增列车服务；只增加能力的项目不改变自由流时间，写作“未计量”。",
                "A project is data: it adds links, changes speeds, removes delay, raises a waterway's class or adds a service. "
                "One that only adds capacity doesn't change free-flow times and reads “not measured”.",
            ),
        ),
    ),
    (
        ("自驾", "Driving"),
        (
            (
                "分钟 = Σ 60 × 公里 ÷（路段设计车速 × 按道路类别的系数）+ 收费站延误 + 轮渡候船（发船间隔之半，设上限）与上船；高峰再乘按类别与圈层的系数。",
                "minutes = Σ 60 × km ÷ (listed speed × factor by road class) + delay at toll barriers + wait for ferries (half "
                "the headway, capped) and boarding; the peak multiplies by a factor by class and ring.",
            ),
            (
                "只校核过里程，未校核过分钟数。",
                "Distances were checked; minutes were not.",
            ),
        ),
    ),
    (
        ("列车", "Trains"),
        (
            (
                "一次乘车的分钟 = Σ 60 × 公里 ÷（车速 × 系数）+ 停站数 × 车速/100 × 停站损失 + 停站时间 + 进出枢纽。"
                "车速取线路设计速度与该等级列车最高速度的较小者；离站与到站各计半次停站损失。系数、停站损失与枢纽项由公布时刻标定，不因线路而异。",
                "Minutes of a ride = Σ 60 × km ÷ (speed × ratio) + stops × speed/100 × stop penalty + dwells + approaches to "
                "hubs. The speed is the lower of the line's design speed and the class's top speed; half a stop penalty is paid "
                "for leaving and half for reaching a station. Ratios, penalty and approach are fitted to published times and are "
                "the same for all lines.",
            ),
            (
                "全程另计进站与出站（按车站等级）、换乘。需订座的列车，候下一班的时间另行给出，不计入“全程”；公交化的列车计半个间隔，设上限。"
                "列车经过的全部区段都开通，该服务才开行。",
                "The whole journey adds station process and exit by class of station, and transfers. For reserved trains the "
                "wait for the next train is told apart and is not in the total; turn-up trains count half the headway, capped. "
                "A service runs when every link that it passes is open.",
            ),
        ),
    ),
    (
        ("门到门", "Door to door"),
        (
            (
                "取自驾与“接驳 + 铁路或城市轨道 + 接驳”的较短者，逐段可查。没有城市轨道数据的地方，市内一段 = 绕行系数 × 直线距离 ÷ 按圈层的车速，注明为假定。",
                "The shorter of driving and access + rail or metro + egress, with all legs. Where no metro layer reaches, the "
                "urban leg is detour × straight distance ÷ a speed by ring, marked assumed.",
            ),
        ),
    ),
    (
        ("货运", "Freight"),
        (
            (
                "一只标箱的运输链：集卡（固定部分 + 公里 × 运价）、码头或货场装卸、候船候车、航行或铁路运行、过闸、港内待装；空箱返程计入费用与排放。"
                "驳船可驶入不低于其等级的航道，航速与单箱成本随等级而变；内河驳船不靠深水港，经转运港换江海直达船、支线船，或由集卡过桥。",
                "The chain of one TEU: truck (fixed part + km × price), handling on a quay or in a yard, the wait for a departure, "
                "sailing or running, locks, and the dwell in port; the empty return counts in money and CO2. A barge uses "
                "waterways of its class and larger ones, and speed and cost of a box go with the class; canal barges call at no "
                "deep-sea port: their boxes change at a gateway to river-sea ships or feeders, or cross the bridge by truck.",
            ),
            (
                "时间、里程、费用、二氧化碳可分别取最小；另列出三者互不相让的全部运输链（帕累托集，整数计算，精确）。哪些码头装卸集装箱为假定。",
                "Time, distance, money and CO2 can each be made least; and all chains that none beats in three of them at once "
                "(the Pareto set, exact in whole numbers) can be listed. Which quays handle boxes is assumed.",
            ),
            (
                "腹地：广义费用 G = 费用 + 时间价值 × 小时；同一港口内各类运输链按 exp(−m·G) 分担，港口按 exp(−p·对数和) 分担，p ≤ m。"
                "不含海运航班、口岸服务与合同。",
                "Hinterlands: generalised cost G = money + worth of an hour × hours; kinds of chain to one port share by "
                "exp(−m·G), ports by exp(−p·logsum), p ≤ m. Overseas sailings, port services and contracts are not in it.",
            ),
        ),
    ),
    (
        ("项目价值", "What projects are worth"),
        (
            (
                "一组项目 S 的价值 v(S) = Σ wᵢⱼ (t⁰ᵢⱼ − tᵢⱼ(S))，权重 wᵢⱼ = PᵢPⱼ·exp(−β·t⁰ᵢⱼ) 归一并固定于基础路网；缺前置项目的组合按其可成立的最大部分计。"
                "沙普利值为各次序下边际贡献的平均，相加等于合计，并可按起点居民分摊；交互指数为正者互补，为负者替代。",
                "A set S of projects is worth v(S) = Σ wᵢⱼ (t⁰ᵢⱼ − tᵢⱼ(S)), with weights wᵢⱼ = PᵢPⱼ·exp(−β·t⁰ᵢⱼ) that add up to one "
                "and stay those of the base; a set that lacks what it requires counts as the largest part of it that can stand. "
                "A Shapley value is what a project adds, averaged over all orders: shares add up, also by the people at the start "
                "of a trip. A positive interaction index tells complements, a negative one substitutes (Shapley 1953; Grabisch and "
                "Roubens 1999).",
            ),
            (
                "每种组合的时间均为精确整数，与重新建网的结果相差为零：新增路段与列车按所需项目分束，经最小加代数合并；一对地点只与少数项目有关，其小博弈逐一枚举。",
                "Times under every set are exact whole numbers, equal to those of a network built anew: links and trains are bundled by "
                "the projects that they require and joined in min-plus algebra; few projects matter for one pair of places, and "
                "its small game is gone through completely.",
            ),
        ),
    ),
    (
        ("测度", "Measures"),
        (
            (
                "可达性：时限内人口 Σ Oⱼ[tᵢⱼ ≤ c]；潜力 Σ Oⱼ·f(tᵢⱼ)；人口加权平均时间 Σ Pⱼtᵢⱼ / Σ Pⱼ；一日往返可达。人口按区县，置于驻地。",
                "Accessibility: people within a limit, sum of Oj where tij ≤ c; potential, sum of Oj f(tij); people-weighted mean time; "
                "what a day trip reaches. People count by district, at its seat.",
            ),
            (
                "等时圈：栅格最小成本面。到达可离开之处（车站、有地面出入的互通、普通公路沿线）后，按路网外速度过陆地；水面不可通行。",
                "Isochrones: a raster least-cost surface. From where the network may be left (stations, junctions with street access, "
                "anywhere on ordinary roads) one goes over land at the speed off the network; water is not crossed.",
            ),
            (
                "省界：ln t = a + b ln d + c·省界 + g·市界 + w·隔水 + 两端城市效应，城镇对相距10—60公里；误差由把省界随机改置于城市对之间重算得出。",
                "Borders: ln t = a + b ln d + c border + g other city + w water + effects of both cities, for towns 10 to 60 km apart; "
                "the error comes from laying the border between other pairs of cities at random.",
            ),
            (
                "同城化：时间按30/60/90分钟折为100/50/0分；四项为成员之间、最远一对、到各自中心、到核心城市，取加权平均；区间含标尺、权重与参数。",
                "Cohesion: minutes score 100, 50 and 0 at 30, 60 and 90; four components (between members, worst pair, own centres, core "
                "city) are averaged; the band takes in goalposts, weights and parameters.",
            ),
            (
                "中断：逐一关闭路段后精确重算，损失 = Σ wᵢⱼ(t′ᵢⱼ − tᵢⱼ)，wᵢⱼ 为每位居民一次出行、按人口与 exp(−βt) 分配；被隔断者另计。",
                "Closures: exact times with each link closed; lost = sum of wij (t'ij − tij), with one trip by each person, shared by people "
                "and exp(−βt); who is cut off is counted apart.",
            ),
        ),
    ),
    (
        ("变化与不确定", "Change, and how sure"),
        (
            (
                "节省 = 之前 − 之后。把全部参数同时取低值、取高值各算一遍，得节省时间的区间；节省小于其区间之半、小于最小可计变化或区间跨零的，"
                "写作“无可计量的变化”；距离近于分辨率且走公路的，写作“低于分辨率”。",
                "saved = before − after. With all parameters at their low and at their high ends the saving gets a range; one "
                "below half of its range, below the least change counted, or with a range across zero reads “no measurable "
                "change”; places nearer than the resolution reached by road read “below resolution”.",
            ),
            (
                "每个数字带其依据中最差的可信度。此前无法到达的单列为“新近可达”，不折算为分钟。",
                "Every figure carries the worst confidence of what it rests on. Pairs that could not be reached before stand "
                "apart as “newly connected” and are given no minutes.",
            ),
        ),
    ),
    (
        ("提问页怎样算", "How the question page computes"),
        (
            (
                "T 为规划前夕各区县之间的时间矩阵，t 为项目新增路段两端（端点）之间及其与各区县之间的时间。选定一组项目后，"
                "先在端点上求闭包 C（逐次取最小的加法），再算 T' = min(T, A ⊕ C ⊕ B)：A 为出发地到端点，B 为端点到目的地。全为整数毫秒，与重建路网的结果完全相同。",
                "T holds the times between districts on the base network, A those from districts to the ends of the links that "
                "projects add, B those from these ends to districts. For a set of projects the closure C over the ends is taken "
                "(least sums, again and again), then T' = min(T, A ⊕ C ⊕ B). All in whole milliseconds: the same answer as "
                "building the network anew.",
            ),
        ),
    ),
)
