using Appliance.Core.Errors;
using Appliance.Images.Catalog;

namespace Appliance.Images.Transfers;

/// <summary>Which images of an archive are wanted, and what they are to be called.</summary>
internal static class ImageSelection
{
    /// <exception cref="ApplianceException">InvalidArgument: none is wanted, or it is not clear which.</exception>
    public static IReadOnlyList<(ImagePackage Package, IReadOnlyList<ImageReference> Tags)> Of(
        IReadOnlyList<ImagePackage> packages, ImageImportOrder order)
    {
        ImagePackage[] chosen = order.Select is { } name ? [.. packages.Where(package => IsNamed(package, name))] : [.. packages];
        if (chosen.Length == 0)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                order.Select is null ? "The archive holds no image." : $"The archive holds no image '{order.Select}', only: {Names(packages)}.");
        }

        if (order.Tag is { } tag)
        {
            return chosen.Length == 1
                ? [(chosen[0], [ImageReference.Read(tag)])]
                : throw new ApplianceException(
                    ErrorKind.InvalidArgument, $"The archive holds {chosen.Length} images, and one tag cannot stand for all: add --select NAME with one of {Names(chosen)}.");
        }

        return [.. chosen.Select(package => (package, Tags(package)))];
    }

    private static IReadOnlyList<ImageReference> Tags(ImagePackage package) => package.Names.Count > 0
        ? [.. package.Names.Select(ImageReference.Read)]
        : throw new ApplianceException(ErrorKind.InvalidArgument, "The archive does not say what its image is called: add --tag NAME:TAG.");

    private static bool IsNamed(ImagePackage package, string name)
    {
        string wanted = ImageReference.Read(name).Full;
        return package.Names.Any(known => ImageReference.Read(known).Full == wanted);
    }

    private static string Names(IReadOnlyList<ImagePackage> packages) =>
        packages.SelectMany(package => package.Names).ToArray() is { Length: > 0 } names ? string.Join(", ", names) : "images without names";
}
