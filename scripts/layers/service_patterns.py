"""Which trains run, as a table that a person can read: stretches of line with stop marks, and routes over them.

A stretch lists every station and junction of a line in order. The mark behind a name says how trains treat it:

    *   hub: every train stops
    !   main station: every train stops
    ~   main station that some trains skip
    +   county or second station, served in turn
    -   small station, served by few trains
    ()  no stop, names the way only

The marks follow two rules. Where the counts of direct trains of January 2021 cover a station, they decide: a stop
of at least 85 % of the trains that pass is ``!``, of 60 to 85 % ``~``, of 30 to 60 % ``+``, of fewer ``-``. Where
they don't, the rank of the place does: the main station of a prefecture-level city is ``~``, that of a county-level
city or county and a prefecture's second station ``+``, any other ``-``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROUTES", "STRETCHES", "Route", "Stretch"]


@dataclass(frozen=True)
class Stretch:
    """A way through stations in order; links are sought on the lines in the order given."""

    lines: str
    stations: str


@dataclass(frozen=True)
class Route:
    """Trains of some classes over stretches laid end to end.

    ``families`` picks the kinds of stopping patterns: ``busy`` (20 and more trains a day of a class join the ends),
    ``line`` (fewer), the same for trains that run through from one line to another (``busy-through``, ``through``: fewer
    kinds), or a single pattern: ``express``, ``mains`` or ``all``.
    """

    slug: str
    classes: str
    ways: str
    families: str = "line"
    evidence: str = ""
    trains: str = ""
    headway_min: str = ""
    opened: str = ""
    note: str = ""


# fmt: off
# A stretch may be cut: "huning[昆山南:南京]" is the part between two of its stations, "-huhang" runs backwards.
STRETCHES = {
    "jinghu": Stretch("jinghu-hsr", "上海虹桥* 昆山南+ 苏州北+ 无锡东+ 常州北+ 丹阳北- 镇江南+ 南京南*"),
    "huning": Stretch("huning-cj", "上海* 上海西- 南翔北- 安亭北- 花桥- 昆山南+ 阳澄湖- 苏州园区- 苏州! 苏州新区- 无锡新区- 无锡~ 惠山- 戚墅堰- 常州! 丹阳+ 丹徒- 镇江~ 宝华山- 仙林- 南京*"),
    "xianning": Stretch("zj-hub", "(仙林) 南京南*"),
    "huhang": Stretch("huhang-hsr", "上海虹桥* 上海松江+ 金山北+ 嘉善南+ 嘉兴南~ 桐乡+ 海宁西+ 临平南+ 杭州东*"),
    "ninghang": Stretch("ninghang-hsr", "南京南* 江宁- 句容西- 溧水- 瓦屋山- 溧阳+ 宜兴+ 长兴+ 湖州~ 德清+ 杭州东*"),
    "hangyong": Stretch("hangyong-hsr", "杭州东* 杭州南- 绍兴北~ 绍兴东+ 余姚北+ 庄桥- 宁波*"),
    "yongtai": Stretch("yongtaiwen", "宁波* 宁波东- (云龙) 奉化+ 宁海+ 三门县+"),
    "hutong": Stretch("hutong-1", "南通西* (张家港北) 张家港+ 常熟+ (太仓港) 太仓+ 太仓南- 安亭西- (黄渡)"),
    "huangdu-hongqiao": Stretch("sh-hub", "(黄渡) (封浜) 上海虹桥*"),
    "huangdu-shanghai": Stretch("jinghu-conv", "(黄渡) 上海西- 上海*"),
    "shanghai-hongqiao": Stretch("hukun-conv;sh-hub", "上海* (上海西) (封浜) 上海虹桥*"),
    "shanghainan-hongqiao": Stretch("sh-hub", "上海南* (七宝) 上海虹桥*"),
    "hangzhou-linping": Stretch("zj-hub", "杭州* (笕桥) (临平南)"),
    "yantong": Stretch("yantong-hsr", "盐城* 盐城大丰- 东台+ 海安+ 如皋南+ 南通西*"),
    "ningqi-west": Stretch("ningqi", "南京* 扬州~ 江都- 泰州~ 姜堰- 海安+ 如皋+ (赵甸)"),
    "zhaodian-nantong": Stretch("ningqi", "(赵甸) (平东线路所) 南通*"),
    "ningqi-east": Stretch("ningqi", "南通* (南通东) 海门+ 启东+"),
    "zhaodian-nantongxi": Stretch("hutong-1", "(赵甸) 南通西*"),
    "nantongxi-nantong": Stretch("nt-hub;ningqi", "南通西* (平东线路所) 南通*"),
    "shanghehang": Stretch("shanghehang", "宣城~ 郎溪南- 广德南+ 安吉+ 湖州~"),
    "huhangxi": Stretch("huhang-west", "湖州~ 德清+ 杭州西* 富阳西+ 桐庐东- 桐庐+"),
    "husuhu": Stretch("husuhu-hsr", "上海虹桥* 上海松江+ 练塘- 苏州南~ 盛泽- 湖州南浔~ 湖州东- 湖州*"),
    "nanyanjiang": Stretch("nanyanjiang", "南京南* 句容+ 金坛+ 武进+ 江阴+ 张家港+ 常熟+ 太仓+"),
    "lianzhen": Stretch("lianzhen", "扬州东~ 大港南- (丹徒)"),
    "yongjin": Stretch("yongtaiwen;yongjin", "宁波* (宁波东) (云龙) 奉化- 溪口+ 新昌北+"),
    "jinghu-old": Stretch("jinghu-conv", "上海* (上海西) (黄渡) (陆家浜) 昆山+ 苏州! 无锡! (戚墅堰) 常州! 丹阳+ 镇江~ 南京*"),
    "shanghainan-huangdu": Stretch("sh-hub;hukun-conv", "上海南* (七宝) (封浜) (黄渡)"),
    "shanghainan-chunshen": Stretch("sh-hub", "上海南* (春申)"),
    "hukun-old": Stretch("hukun-conv", "(春申) (新桥) 上海松江- (枫泾) 嘉善+ 嘉兴~ (王店) 海宁+ (长安镇) (笕桥)"),
    "jianqiao-dong": Stretch("hukun-conv", "(笕桥) 杭州东*"),
    "jianqiao-hangzhou": Stretch("zj-hub", "(笕桥) 杭州*"),
    "dong-nan": Stretch("hukun-conv", "杭州东* 杭州南+"),
    "chunshen-huangdu": Stretch("hukun-conv;sh-hub", "(黄渡) (封浜) (七宝) (春申)"),
    "xiaoyong": Stretch("xiaoyong", "杭州* 杭州南+ 钱清- 绍兴~ 上虞+ (马渚) 余姚+ (蜀山) (慈城) (洪塘乡) 庄桥- 宁波*"),
    "xuanhang": Stretch("xuanhang", "宣城~ 广德+ 长兴南+ 湖州~ 德清西+ 杭州*"),
    "haiyang": Stretch("haiyang", "海安+ 栟茶- 如东+"),
    "xinchang": Stretch("xinchang-n", "盐城* 东台+ 海安+"),
    "jinshan": Stretch("jinshan", "上海南* 莘庄- 春申- 新桥- 车墩- 叶榭- 亭林- 金山园区- 金山卫*"),
    "airport": Stretch("airport-link", "虹桥2号航站楼* 中春路+ 景洪路+ 三林南+ 康桥东+ 上海国际旅游度假区+ 浦东1号2号航站楼*"),
    "airport-east": Stretch("airport-link", "浦东1号2号航站楼* 浦东机场T3航站楼+ 上海东*"),
    "ningyu": Stretch("ningyu", "宁波* 庄桥+ 余姚*"),
    "hanghai": Stretch("hanghai", "临平南* 海宁西+ 浙大国际校区*"),
    # not open yet
    "tongsujiayong": Stretch("tongsujiayong", "南通西* 张家港+ 常熟西+ 苏州北~ 苏州东+ 苏州南+ 嘉善北+ 嘉兴南~ 海盐+ 慈溪+ 庄桥- 宁波*"),
    "beiyanjiang": Stretch("beiyanjiang", "上海宝山* 太仓+ 崇明+ 启东西+ 海门北+ 南通~ 如皋西+ 黄桥- 泰州南~ 扬州东~"),
    "hutong-two": Stretch("hutong-2", "太仓+ 徐行- 上海宝山~ 外高桥- (曹路) 上海东* (惠南) 四团-"),
    "huzhahang": Stretch("huzhahang", "上海东* 四团- 奉贤+ 上海金山+ 平湖市+ 嘉兴南~ 桐乡+ 临平北+ 杭州西*"),
    "yongzhou": Stretch("yongtaiwen;yongzhou", "宁波* 宁波东+ 北仑西+ 金塘+ 马岙- 舟山*"),
    "rutongsuhu": Stretch("rutongsuhu", "苏州北* 苏州园区+ 苏州东*"),
    "shuixiang": Stretch("shuixiang-js", "水乡客厅* 汾湖+ 苏州南+ 八坼*"),
    "jiamin": Stretch("jiamin", "城北路* 虹桥2号航站楼+ 银都路*"),
    "shifanqu": Stretch("shifanqu", "虹桥2号航站楼* 示范区线徐泾方向站+ 朱家角+ 西岑+ 水乡客厅*"),
    "hupingyan": Stretch("hupingyan", "金山卫* 独山港东+ 乍浦+ 平湖南(市域)+ 海盐东*"),
    "jiaxing-fengnan": Stretch("jiaxing-fengnan", "嘉兴南* 枫南*"),
    "nanfeng": Stretch("nanfeng", "枫泾* 金山北+ 亭林+ 望园路+ 四团+ 滴水湖*"),
    "lianggang": Stretch("lianggang", "上海东* 滴水湖*"),
}

_JAN21 = "direct trains a day, January 2021"

# Each route: slug, classes, ways, families, evidence, ...
ROUTES = (
    # Shanghai - Nanjing
    Route("jinghu", "G", "jinghu", "busy", evidence=f"上海虹桥-南京南 G 131, 苏州北 72-79, 常州北 60-64 {_JAN21}"),
    Route("huning", "G D", "huning", "busy", evidence=f"上海-南京 G 31 and D 1, 苏州 G 68, 常州 G 59 {_JAN21}"),
    Route("huning-hongqiao", "G D", "jinghu[上海虹桥:昆山南] huning[昆山南:南京]", evidence=f"上海虹桥-南京 G 13 and D 5-7, 苏州 G 39-40 {_JAN21}"),
    Route("huning-nanjingnan", "G D", "huning[上海:仙林] xianning", "busy-through", f"上海-南京南 G 38 and D 1, 常州-南京南 G 39-43 {_JAN21}"),
    Route("hongqiao-huning-nanjingnan", "G D", "jinghu[上海虹桥:昆山南] huning[昆山南:仙林] xianning", "busy-through", f"上海虹桥-常州 G 34-36, D 13-16 {_JAN21}"),
    Route("jinghu-shanghai", "G", "huning[上海:昆山南] jinghu[昆山南:南京南]", "through", f"上海-苏州北 G 8, -常州北 G 5 {_JAN21}"),
    # Shanghai - Hangzhou - Ningbo
    Route("huhang", "G D", "huhang", "busy", evidence=f"上海虹桥-杭州东 G 115, 嘉兴南 G 73-91 {_JAN21}"),
    Route("huhang-hangzhou", "G D", "hangzhou-linping -huhang[上海虹桥:临平南]", "through", f"杭州-上海虹桥 G 7, -嘉兴南 G 6, D 1 {_JAN21}"),
    Route("shanghai-huhang", "G", "shanghai-hongqiao huhang", "through", f"上海-杭州东 G 2, -嘉兴南 G 3 {_JAN21}"),
    Route("shanghai-huhang-hangzhou", "G", "shanghai-hongqiao huhang[上海虹桥:临平南] -hangzhou-linping", "mains", f"上海-杭州 G 1-2 {_JAN21}", trains="2"),
    Route("hangyong", "G D", "hangyong", "busy", evidence=f"杭州东-宁波 G 64, D 28-30; 杭州南 G 5-7 {_JAN21}"),
    Route("huhang-hangyong", "G D", "huhang hangyong", "busy-through", f"上海虹桥-宁波 G 31-33, D 19-21; 嘉兴南-宁波 G 20-24 {_JAN21}"),
    Route("yongtai", "G D", "yongtai"),
    Route("huhang-hangyong-yongtai", "G D", "huhang hangyong yongtai", "through"),
    # Nanjing - Hangzhou - Ningbo
    Route("ninghang", "G D", "ninghang", "busy", evidence=f"南京南-杭州东 G 90-92, D 5-6 {_JAN21}"),
    Route("ninghang-hangyong", "G D", "ninghang hangyong", "busy-through", f"南京南-宁波 G 31-33, D 4 {_JAN21}"),
    Route("ninghang-yongtai", "G D", "ninghang hangyong yongtai", "through"),
    # Nanjing lines into Hangzhou lines at Hongqiao
    Route("jinghu-huhang", "G", "-jinghu huhang", "through", f"苏州北-杭州东 G 12-14, 南京南-嘉兴南 G 15-20 {_JAN21}"),
    Route("jinghu-huhang-hangyong", "G", "-jinghu huhang hangyong", "through", f"苏州北-宁波 G 4-5 {_JAN21}"),
    Route("huning-huhang", "G D", "-huning[昆山南:南京] -jinghu[上海虹桥:昆山南] huhang", "through", f"苏州-杭州东 G 11-14, D 3 {_JAN21}"),
    Route("nanjingnan-huning-huhang", "G D", "-xianning -huning[昆山南:仙林] -jinghu[上海虹桥:昆山南] huhang", "through", f"常州-杭州东 G 11-14, D 3 {_JAN21}"),
    Route("nanjing-huning-huhang-hangzhou", "D", "-huning[昆山南:南京] -jinghu[上海虹桥:昆山南] huhang[上海虹桥:临平南] -hangzhou-linping", "through", f"南京-杭州 D 2-3 {_JAN21}"),
    Route("huning-huhang-hangzhou", "G D", "-xianning -huning[昆山南:仙林] -jinghu[上海虹桥:昆山南] huhang[上海虹桥:临平南] -hangzhou-linping", "through", f"南京南-杭州 G 6-7, D 2 {_JAN21}"),
    Route("huning-huhang-hangyong", "G D", "-huning[昆山南:南京] -jinghu[上海虹桥:昆山南] huhang hangyong", "through", f"常州-宁波 G 5-6, D 3; 南京-宁波 D 3 {_JAN21}"),
    # Nantong and beyond
    Route("hutong", "G D C", "hutong huangdu-hongqiao", evidence=f"上海虹桥-南通西 G 7, D 5-6, C 4-5 {_JAN21}"),
    Route("hutong-shanghai", "G D C", "hutong huangdu-shanghai", "through", f"上海-南通西 C 6-7, D 2-3, G 1 {_JAN21}"),
    Route("hutong-nantong", "G D C", "-ningqi-east -nantongxi-nantong hutong huangdu-hongqiao", "through", f"上海虹桥-南通 C 5-6, D 3, G 1 {_JAN21}"),
    Route("hutong-nantong-shanghai", "C", "-ningqi-east -nantongxi-nantong hutong huangdu-shanghai", "through", f"上海-南通 C 3-4 {_JAN21}"),
    Route("hutong-ningqi", "D C", "ningqi-west zhaodian-nantongxi hutong huangdu-shanghai", "through", f"南京-上海 C 5-6 and 南京-南通西 C 6-7 {_JAN21}"),
    Route("hutong-ningqi-hongqiao", "D C", "ningqi-west zhaodian-nantongxi hutong huangdu-hongqiao", "through", f"南京-上海虹桥 C 1-2 {_JAN21}"),
    Route("hutong-huhang", "G D", "hutong huangdu-hongqiao huhang", "through", f"南通西-杭州东 G 2, D 2; -嘉兴南 G 2, D 1 {_JAN21}"),
    Route("hutong-huhang-hangyong", "G D", "hutong huangdu-hongqiao huhang hangyong", "through", f"南通西-宁波 D 1; 南通-宁波 G 1 {_JAN21}"),
    Route("nantong-huhang-hangyong", "G D", "-nantongxi-nantong hutong huangdu-hongqiao huhang hangyong", "through", f"南通-杭州东 G 1, D 2; -宁波 G 1, D 1 {_JAN21}"),
    Route("yantong", "G D", "yantong"),
    Route("yantong-hutong", "G D", "yantong hutong huangdu-hongqiao", "through"),
    Route("yantong-hutong-shanghai", "G D", "yantong hutong huangdu-shanghai", "through"),
    Route("ningqi", "D C", "ningqi-west zhaodian-nantong ningqi-east", evidence=f"南京-南通 D 5, C 4 {_JAN21}"),
    Route("ningqi-nantongxi", "D C", "ningqi-west zhaodian-nantongxi", "through", f"南京-南通西 D 2, C 6-7 {_JAN21}"),
    # Opened since
    Route("lianzhen-shanghai", "G D", "lianzhen huning[丹徒:上海]", "through"),
    Route("shanghehang-hangzhou", "G", "shanghehang ninghang[湖州:杭州东]", "through"),
    Route("shanghehang-hangzhouxi", "G", "shanghehang huhangxi[湖州:杭州西]", "through"),
    Route("huhangxi", "G D", "huhangxi"),
    Route("ninghang-hangzhouxi", "G D", "ninghang[南京南:湖州] huhangxi", "through"),
    Route("husuhu", "G D", "husuhu", note="fastest 55 min at opening, so about two stops (unverified general knowledge)"),
    Route("husuhu-ninghang", "G", "husuhu -ninghang[南京南:湖州]", "through"),
    Route("husuhu-shanghehang", "G", "husuhu -shanghehang", "through"),
    Route("husuhu-huhangxi", "G D", "husuhu huhangxi", "through"),
    Route("nanyanjiang", "G D", "nanyanjiang hutong[太仓:黄渡] huangdu-hongqiao"),
    Route("nanyanjiang-shanghai", "G D", "nanyanjiang hutong[太仓:黄渡] huangdu-shanghai", "through"),
    Route("yongjin", "D", "yongjin"),
    # Conventional lines
    Route("shanghainan-hangzhou", "D", "shanghainan-chunshen hukun-old jianqiao-hangzhou", "through", f"上海南-杭州 D 10 {_JAN21}"),
    Route("shanghainan-hangzhoudong", "D", "shanghainan-chunshen hukun-old jianqiao-dong", "through", f"上海南-杭州东 D 3 {_JAN21}"),
    Route("shanghainan-hangzhounan", "D", "shanghainan-chunshen hukun-old jianqiao-dong dong-nan", "mains", f"上海南-杭州南 D 2 {_JAN21}", trains="2"),
    Route("shanghainan-huning", "D", "shanghainan-hongqiao jinghu[上海虹桥:昆山南] huning[昆山南:仙林] xianning", "through", f"上海南-南京南 D 2-4, -苏州 D 2-4 {_JAN21}"),
    Route("jinghu-old", "K", "jinghu-old", "through", f"上海-南京 K 18, 上海-苏州 K 21-30 {_JAN21}"),
    Route("shanghainan-jinghu-old", "K", "shanghainan-huangdu jinghu-old[黄渡:南京]", "through", f"上海南-常州 K 6-8, -南京 K 5-9 {_JAN21}"),
    Route("hukun-old-hangzhou", "K", "shanghainan-chunshen hukun-old jianqiao-hangzhou", "through", f"上海南-杭州 K 6 {_JAN21}"),
    Route("hukun-old-dong", "K", "shanghainan-chunshen hukun-old jianqiao-dong", "through", f"上海南-杭州东 K 5-6 {_JAN21}"),
    Route("hukun-old-nan", "K", "shanghainan-chunshen hukun-old jianqiao-dong dong-nan", "through", f"上海南-杭州南 K 21 {_JAN21}"),
    Route("jinghu-hukun-old", "K", "-jinghu-old[黄渡:南京] chunshen-huangdu hukun-old jianqiao-hangzhou", "through", f"南京-杭州 K 7-9, 苏州-杭州 K 4 {_JAN21}"),
    Route("jinghu-hukun-old-dong", "K", "-jinghu-old[黄渡:南京] chunshen-huangdu hukun-old jianqiao-dong dong-nan", "through", f"苏州-杭州南 K 5, -杭州东 K 1-2 {_JAN21}"),
    Route("xiaoyong", "K", "xiaoyong", "through", f"杭州-宁波 K 7 {_JAN21}"),
    Route("hukun-old-xiaoyong", "K", "shanghainan-chunshen hukun-old jianqiao-hangzhou xiaoyong", "mains", f"上海南-宁波 K 1 {_JAN21}", trains="1"),
    Route("jinghu-hukun-old-xiaoyong", "K", "-jinghu-old[黄渡:南京] chunshen-huangdu hukun-old jianqiao-hangzhou xiaoyong", "mains", f"南京-宁波 K 2, 苏州-宁波 K 1 {_JAN21}", trains="2"),
    Route("xuanhang", "K", "xuanhang", "through"),
    Route("ningqi-old", "K", "ningqi-west zhaodian-nantong", "mains", f"南京-南通 K 1 {_JAN21}", trains="1"),
    Route("haiyang", "K", "haiyang", "all"),
    Route("xinchang-north", "K", "xinchang", "all"),
    # Suburban
    Route("jinshan-direct", "S", "jinshan", "express", note="non-stop Shanghai South-Jinshanwei, 32 min at opening (unverified general knowledge)"),
    Route("jinshan", "S", "jinshan", "all"),
    Route("airport-link", "S", "airport", "all"),
    Route("airport-link-east", "S", "airport airport-east", "all"),
    Route("ningyu-direct", "S", "ningyu", "express", opened="2017-06-10"),
    Route("ningyu", "S", "ningyu", "all", opened="2017-06-10"),
    Route("hanghai", "S", "hanghai", "all"),
    # Not open yet
    Route("tongsujiayong", "G", "tongsujiayong", note="trains of a line being built"),
    Route("yantong-tongsujiayong", "G", "yantong tongsujiayong", "through", note="trains of a line being built"),
    Route("hutong-two", "G D C", "-ningqi-east -nantongxi-nantong hutong[南通西:太仓] hutong-two[太仓:上海东]", "through", note="trains of a line being built"),
    Route("hutong-two-situan", "C", "hutong-two", "all", note="trains of a line being built"),
    Route("yantong-hutong-two", "G", "yantong hutong[南通西:太仓] hutong-two[太仓:上海东]", "through", note="trains of a line being built"),
    Route("nanyanjiang-hutong-two", "G D", "nanyanjiang hutong-two[太仓:上海东]", "through", note="trains of a line being built"),
    Route("beiyanjiang", "G", "beiyanjiang", note="trains of a line being built"),
    Route("huzhahang", "G", "huzhahang", note="trains of a line being built"),
    Route("huzhahang-beiyanjiang", "G", "-beiyanjiang hutong-two[上海宝山:上海东] huzhahang", "through", note="trains of lines being built"),
    Route("yongzhou", "G D", "yongzhou", note="trains of a line being built"),
    Route("hangyong-yongzhou", "G D", "hangyong yongzhou", "through", note="trains of a line being built"),
    Route("huhang-yongzhou", "G", "huhang hangyong yongzhou", "through", note="trains of a line being built"),
    Route("tongsujiayong-yongzhou", "G", "tongsujiayong yongzhou", "through", note="trains of lines being built"),
    Route("rutongsuhu", "C", "rutongsuhu", "all", note="trains of a line being built"),
    Route("shuixiang", "S", "shuixiang", "all", note="trains of a line being built"),
    Route("jiamin", "S", "jiamin", "all", note="trains of a line being built; only the stops that the layers know"),
    Route("shifanqu", "S", "shifanqu", "all", note="trains of a line being built; only the stops that the layers know"),
    Route("hupingyan", "S", "hupingyan", "all", note="trains of a line being built"),
    Route("jiaxing-fengnan", "S", "jiaxing-fengnan", "all", note="trains of a line being built"),
    Route("nanfeng", "S", "nanfeng", "all", note="trains of a line being built; only the stops that the layers know"),
    Route("lianggang", "S", "lianggang", "all", note="trains of a line being built; only the stops that the layers know"),
)
