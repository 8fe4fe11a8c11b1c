namespace Appliance.Containers.Networks.Filtering;

/// <summary>nf_tables' numbers: types of messages, of attributes, and values.</summary>
internal static class NfTablesProtocol
{
    public const int Subsystem = 10 << 8;
    public const ushort BatchBegin = 16;
    public const ushort BatchEnd = 17;
    public const ushort BatchSubsystem = 10;
    public const int HeaderBytes = 4;
    public const byte AllFamilies = 0;
    public const byte InetFamily = 1;
    public const byte Ip4Family = 2;
    public const byte Ip6Family = 10;

    public const ushort NewTable = Subsystem;
    public const ushort GetTable = Subsystem | 1;
    public const ushort DeleteTable = Subsystem | 2;
    public const ushort NewChain = Subsystem | 3;
    public const ushort GetChain = Subsystem | 4;
    public const ushort DeleteChain = Subsystem | 5;
    public const ushort NewRule = Subsystem | 6;
    public const ushort DeleteRule = Subsystem | 8;
    public const ushort NewSet = Subsystem | 9;
    public const ushort GetSet = Subsystem | 10;
    public const ushort DeleteSet = Subsystem | 11;
    public const ushort NewElement = Subsystem | 12;
    public const ushort GetElement = Subsystem | 13;
    public const ushort DeleteElement = Subsystem | 14;

    public const int TableName = 1;
    public const int ChainTable = 1;
    public const int ChainName = 3;
    public const int ChainHook = 4;
    public const int ChainPolicy = 5;
    public const int ChainType = 7;
    public const int HookNumber = 1;
    public const int HookPriority = 2;
    public const int RuleTable = 1;
    public const int RuleChain = 2;
    public const int RuleExpressions = 4;
    public const int ListEntry = 1;
    public const int ExpressionName = 1;
    public const int ExpressionData = 2;
    public const int SetTable = 1;
    public const int SetName = 2;
    public const int SetFlagBits = 3;
    public const int SetKeyType = 4;
    public const int SetKeyBytes = 5;
    public const int SetDataType = 6;
    public const int SetDataBytes = 7;
    public const int SetId = 10;
    public const int ElementsTable = 1;
    public const int ElementsSet = 2;
    public const int ElementsList = 3;
    public const int ElementKey = 1;
    public const int ElementData = 2;
    public const int ElementFlags = 3;
    public const int ElementTimeout = 4;
    public const int ElementExpiration = 5;
    public const int ElementUserData = 6;
    public const uint ElementEndsInterval = 1;
    public const int DataValue = 1;
    public const int DataVerdict = 2;
    public const int VerdictCode = 1;
    public const int VerdictChain = 2;
    public const uint VerdictDataType = 0xFFFFFF00;

    public const int ForwardHook = 2;
    public const int InputHook = 1;
}
