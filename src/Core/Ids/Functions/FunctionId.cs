namespace Appliance.Core.Ids.Functions;

/// <summary>Names one function: what a client may call, or what one was bound from with parameters of its own.</summary>
public readonly record struct FunctionId(string Text) : IObjectId<FunctionId>
{
    public static string Prefix => "fu";

    public static string Noun => "function";

    public static FunctionId FromText(string text) => new(text);

    public override string ToString() => Text;
}
