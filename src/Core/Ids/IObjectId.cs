using System.Diagnostics.CodeAnalysis;
using Appliance.Core.Errors;

namespace Appliance.Core.Ids;

/// <summary>A typed id. The text, prefix included, is what clients see and what is stored.</summary>
public interface IObjectId<TSelf>
    where TSelf : struct, IObjectId<TSelf>
{
    static abstract string Prefix { get; }

    /// <summary>What the id names, for messages: "environment", "token".</summary>
    static abstract string Noun { get; }

    static abstract TSelf FromText(string text);

    string Text { get; }
}

/// <summary>Minting and reading of typed ids.</summary>
public static class ObjectId
{
    public static TId Mint<TId>()
        where TId : struct, IObjectId<TId> => TId.FromText(ObjectIdText.Mint(TId.Prefix));

    public static bool TryRead<TId>([NotNullWhen(true)] string? text, out TId id)
        where TId : struct, IObjectId<TId>
    {
        bool isWellFormed = ObjectIdText.IsWellFormed(text, TId.Prefix);
        id = isWellFormed ? TId.FromText(text!) : default;
        return isWellFormed;
    }

    /// <summary>Reads an id that a client sent.</summary>
    /// <exception cref="ApplianceException">InvalidArgument, naming what was expected.</exception>
    public static TId Read<TId>(string? text)
        where TId : struct, IObjectId<TId> => TryRead(text, out TId id)
            ? id
            : throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"'{text}' is not a {TId.Noun} id: expected '{TId.Prefix}-' and {ObjectIdText.SuffixLength} letters or digits.");
}
