namespace Appliance.Core.Lifetime;

/// <summary>
/// Something that is made when it is first asked for, by one thread while others wait. Where that fails, the next who asks
/// tries again: what the machine lacks may have been installed meanwhile.
/// </summary>
public sealed class MadeOnce<T>(Func<T> make)
    where T : class
{
    private readonly Lock making = new();
    private volatile T? made;

    public bool IsMade => made is not null;

    public T Value
    {
        get
        {
            if (made is { } present)
            {
                return present;
            }

            lock (making)
            {
                return made ??= make();
            }
        }
    }
}
